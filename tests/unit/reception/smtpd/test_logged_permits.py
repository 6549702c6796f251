"""What permits something is in the log where main.cf wants it there."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, STRANGER
from unit.reception.smtpd.scene import Scene, play

FOR_CLIENT = "for Client host=localhost[127.0.0.1]"


class _Everything(dict[str, str]):
    """A table with the same for every key."""

    def get(self, key: str, default: str | None = None) -> str:  # type: ignore[override]
        return "all"


@pytest.mark.parametrize(
    ("actions", "words", "said"),
    [
        (("static:all",), ("permit_mynetworks",), [f"permit_mynetworks {FOR_CLIENT} "]),
        (("permit",), ("permit_mynetworks",), []),
        (("Permit_mynetworks",), ("permit_mynetworks",), [f"permit_mynetworks {FOR_CLIENT} "]),
        (("permit",), ("permit",), ["permit for Recipient address=user@example.com "]),
        (("permit",), ("defer_if_permit", "permit"), ["permit for Recipient address=user@exam"]),
        (
            ("static:all",),
            ("permit_auth_destination",),
            ["permit_auth_destination for Recipient address=user@example.com "],
        ),
        (("static:all",), ("class",), [f"permit_inet_interfaces {FOR_CLIENT} "]),
        (
            ("static:all",),
            ("check_sender_access", "hash:/access"),
            [f"OK for Sender address=a@client.example from {ACCESS}"],
        ),
        (("relay",), ("check_sender_access", ACCESS), []),
        (
            ("relay",),
            ("check_helo_access", ACCESS),
            [f"RELAY for Helo command=client.example from {ACCESS}"],
        ),
        (
            ("static:all",),
            ("check_recipient_access", ACCESS),
            ["permit for Recipient address=user@example.com "],
        ),
        (("static:all",), ("check_client_access", ACCESS), []),
        ((), ("permit",), []),
    ],
)
def test_what_permits_something_is_logged_where_main_cf_says_so(
    tmp_path: Path, actions: tuple[str, ...], words: tuple[str, ...], said: list[str]
) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = {
            "a@client.example": "OK",
            "client.example": "RELAY",
            "user@example.com": "permit",
            "localhost": "DISCARD",
        }
        scene.world.tables["static:all"] = _Everything()
        client = await scene.client()
        await client.mail("user@example.com")
        await client.message()
        await client.quit()

    settings = {
        "smtpd_log_access_permit_actions": actions,
        "smtpd_recipient_restrictions": words,
        "restriction_classes": {"class": ("permit_inet_interfaces",)},
    }
    scene = play(tmp_path, story, **(STRANGER | {"mynetworks": ("127.0.0.0/8",)} | settings))
    logged = scene.log(": permit: RCPT from localhost[127.0.0.1]: action=")
    if "mynetworks" in str(actions).lower() or "static" in str(actions):
        first = logged.pop(0)  # of smtpd_relay_restrictions
        assert f"=permit_mynetworks {FOR_CLIENT} ; from=<a@client.example> to=<user@" in first
    assert len(logged) == len(said)
    assert all(f"action={one}" in line for one, line in zip(said, logged, strict=True))
    assert not [line for line in scene.log(": permit: ") if ": permit: RCPT " not in line]
