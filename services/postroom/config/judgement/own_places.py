"""Places and accounts of our own that main.cf names: whether systemd could work with them."""

import re
from collections.abc import Iterator
from pathlib import Path

from postroom.config import own_places
from postroom.config.judgement.written import Written, written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem

# A directory that can stand in a unit file without quoting.
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_.,+@-]+)+/?", re.ASCII)
_OF_OURS = ("queue_directory", "daemon_directory", "mail_owner")
# What the sandbox shows empty, or what does not outlive a reboot.
_HIDDEN = ("/home/", "/root/", "/tmp/", "/var/tmp/", "/run/", "/dev/", "/proc/")  # noqa: S108


def left_to_postfix(lookup: Lookup) -> Iterator[Problem]:
    """Notes on what a main.cf that was Postfix's names."""
    for one in written(lookup):
        if one.name in _OF_OURS and own_places.belongs_to_postfix(lookup.text(*one[:2])):
            yield one.note("is Postfix's own; ours is what it is by default")


def unusable_places(lookup: Lookup) -> Iterator[Problem]:
    """Errors: the mail system would not start."""
    for one in written(lookup):
        if one.name in _RULES and not one.overrides:
            yield from _RULES[one.name](lookup, one)


def _queue(lookup: Lookup, one: Written) -> Iterator[Problem]:
    yield from _directory(one, own_places.queue_directory(lookup))


def _daemons(lookup: Lookup, one: Written) -> Iterator[Problem]:
    directory = own_places.daemon_directory(lookup)
    if not directory:
        return
    yield from _directory(one, directory)
    if not Path(directory, "postroom/__init__.py").is_file():
        yield one.error(f"{directory}: the package postroom is not there")


def _directory(one: Written, directory: str) -> Iterator[Problem]:
    if not _PLAIN.fullmatch(directory) or ".." in directory.split("/"):
        yield one.error(f"{directory}: not the plain path of a directory")
    elif f"{directory}/".startswith(_HIDDEN):
        yield one.error(f"{directory}: no service sees what is there")


_RULES = {"queue_directory": _queue, "daemon_directory": _daemons}
