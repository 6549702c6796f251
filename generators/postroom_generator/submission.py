"""How programs hand in mail (main.cf: submission_mode): the modes of the directories it goes by.

| submission_mode | /var/lib/postroom-drop | maildrop | open |
|---|---|---|---|
| socket     | of pickup and postdrop alone | theirs alone | closed |
| maildrop   | everybody may pass | pickup's alone | everybody may add, and see or touch nothing |
| restricted | postdrop may pass | postdrop may add, and see or touch nothing | closed |
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from postroom.config import table_types
from postroom.config.table_types import with_members
from postroom_generator.service import Service


class Modes(NamedTuple):
    """Modes of the state directory and of two in it, for install(1): with four digits it would
    leave a setgid bit in its place.

    Sticky, so that a file is its owner's alone to remove; ``open`` gives files its own group,
    which is pickup's, so that pickup can read them and needs no capability for it.
    """

    state_mode: str
    maildrop_mode: str = "00700"
    open_mode: str = "00700"


# Who may send mail, and in whose name; pickup is asked who may list what waits, too.
_JUDGES: Final = ("authorized_submit_users", "local_login_sender_maps")
_LISTERS: Final = {"pickup": ("authorized_mailq_users",)}
_MODES = {
    "socket": Modes("0700"),
    "maildrop": Modes("0711", open_mode="03733"),
    "restricted": Modes("0710", maildrop_mode="01730"),
}


def submission(service: Service) -> Mapping[str, object]:
    """For the templates of postdrop and pickup."""
    mode = str(service.value("submission_mode"))
    lists = (*_JUDGES, *_LISTERS.get(service.line.program, ()))
    return {
        "submission_mode": mode,
        "asks_proxymap": any(map(_is_served, map(service.elements, lists))),
        **_MODES[mode]._asdict(),
    }


def _is_served(words: Iterable[str]) -> bool:
    """Whether a list names a table that proxymap(8) alone opens."""
    return any(kind in table_types.SERVED for one in words for kind, _ in with_members(one))
