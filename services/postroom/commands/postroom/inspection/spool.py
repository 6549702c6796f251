"""The directories of queued and submitted mail."""

from collections.abc import Iterator
from pathlib import Path

from postroom.config.judgement.rights import changeable, readable
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem

# systemd makes them with mode 0700 (StateDirectory= of qmgr and of postdrop).
DIRECTORIES = (Path("/var/lib/postroom"), Path("/var/lib/postroom-drop"))


def open_to_others(_: Lookup) -> Iterator[Problem]:
    for directory in DIRECTORIES:
        yield from changeable(directory, "mail is theirs to make and to take away")
        yield from readable(directory, "they see who has mail")
