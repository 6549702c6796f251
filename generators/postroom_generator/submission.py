"""How programs hand in mail (main.cf: submission_mode): the modes of the directories it goes by.

| submission_mode | /var/lib/postroom-drop | maildrop | open |
|---|---|---|---|
| socket     | of pickup and postdrop alone | theirs alone | closed |
| maildrop   | everybody may pass | pickup's alone | everybody may add, and see or touch nothing |
| restricted | postdrop may pass | postdrop may add, and see or touch nothing | closed |
"""

from collections.abc import Mapping
from typing import NamedTuple

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


_MODES = {
    "socket": Modes("0700"),
    "maildrop": Modes("0711", open_mode="03733"),
    "restricted": Modes("0710", maildrop_mode="01730"),
}


def submission(service: Service) -> Mapping[str, object]:
    """For the templates of postdrop and pickup."""
    mode = service.text("submission_mode")
    return {"submission_mode": mode, **_MODES[mode]._asdict()}
