"""What an access table can do to a message besides refusing it (access(5))."""

from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play

ACCESS = "hash:/access"
RULES = {"smtpd_recipient_restrictions": ("check_recipient_access", ACCESS)}


def send(tmp_path: Path, action: str, content: bytes = b"Subject: x\r\n\r\nhello\r\n") -> Scene:
    """A message to user@example.com and other@example.com; the action is for the first."""

    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = {"user@example.com": action}
        client = await scene.client()
        replies = await client.mail("user@example.com", "other@example.com")
        assert [reply[:3] for reply in replies] == ["250", "250", "250"]
        assert (await client.message(content)).startswith("250 2.0.0 Ok: queued as ")
        await client.mail("other@example.com")
        assert (await client.message(b"second\r\n")).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, **RULES)
    assert scene.world.mail[-1][2] == b"second\r\n"
    assert [one.address for one in scene.world.mail[-1][1].recipients] == ["other@example.com"]
    return scene


def recipients(scene: Scene) -> list[str]:
    return [one.address for one in scene.world.mail[0][1].recipients]


@pytest.mark.parametrize("content", [b"small\r\n", b"large\r\n" * 30_000])
def test_discarded_mail_is_acknowledged_and_forgotten(tmp_path: Path, content: bytes) -> None:
    scene = send(tmp_path, "DISCARD", content)
    assert len(scene.world.mail) == 1
    assert scene.log(
        "NOQUEUE: discard: RCPT from localhost[127.0.0.1]: <user@example.com>: "
        "Recipient address triggers DISCARD action; from=<a@client.example>"
    )


def test_redirected_mail_goes_to_one_other_address(tmp_path: Path) -> None:
    scene = send(tmp_path, "REDIRECT boss@example.com")
    assert recipients(scene) == ["boss@example.com"]
    assert scene.log("NOQUEUE: redirect: RCPT from ")


@pytest.mark.parametrize("content", [b"small\r\n", b"large\r\n" * 30_000])
def test_mail_on_hold_is_taken_with_the_wish_that_nobody_delivers_it(
    tmp_path: Path, content: bytes
) -> None:
    scene = send(tmp_path, "HOLD", content)
    assert [mail[1].hold for mail in scene.world.mail] == [True, False]
    assert scene.log(
        "NOQUEUE: hold: RCPT from localhost[127.0.0.1]: <user@example.com>: "
        "Recipient address triggers HOLD action; from=<a@client.example>"
    )


def test_a_content_filter_can_be_named(tmp_path: Path) -> None:
    scene = send(tmp_path, "FILTER scan:[127.0.0.1]:10025")
    assert [mail[1].filter for mail in scene.world.mail] == ["scan:[127.0.0.1]:10025", ""]
    assert scene.log(
        "NOQUEUE: filter: RCPT from localhost[127.0.0.1]: <user@example.com>: "
        "Recipient address triggers FILTER scan:[127.0.0.1]:10025; from=<a@client.example>"
    )


def test_the_filter_of_a_table_stands_before_that_of_main_cf(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = {"user@example.com": "FILTER scan:b"}
        client = await scene.client()
        for recipient in ("user@example.com", "other@example.com"):
            await client.mail(recipient)
            await client.message(b"\r\n")

    scene = play(tmp_path, story, content_filter="scan:a", **RULES)
    assert [mail[1].filter for mail in scene.world.mail] == ["scan:b", "scan:a"]


def test_a_copy_can_be_ordered(tmp_path: Path) -> None:
    scene = send(tmp_path, "BCC archive@example.com")
    assert recipients(scene) == ["user@example.com", "other@example.com", "archive@example.com"]


@pytest.mark.parametrize("content", [b"small\r\n", b"large\r\n" * 30_000])
def test_a_header_can_be_put_above_the_message(tmp_path: Path, content: bytes) -> None:
    scene = send(tmp_path, "PREPEND X-List: yes", content)
    assert scene.world.mail[0][2] == b"X-List: yes\r\n" + content


@pytest.mark.parametrize(
    "action",
    [
        "FILTER",
        "FILTER scan",
        "PREPEND no header",
        "PREPEND X: a\nY: b",
        "REDIRECT nobody",
        "BCC a@b c@d",
        "BCC a@b\nx",
    ],
)
def test_an_action_that_makes_no_sense_does_nothing(tmp_path: Path, action: str) -> None:
    """Above all, no table may smuggle a second header or command in."""
    scene = send(tmp_path, action)
    assert scene.world.mail[0][2] == b"Subject: x\r\n\r\nhello\r\n"
    assert recipients(scene) == ["user@example.com", "other@example.com"]
    assert scene.log("warning: access table entry")


def test_warnings_and_information_are_only_logged(tmp_path: Path) -> None:
    scene = send(tmp_path, "WARN look at this")
    assert scene.log("NOQUEUE: warn: RCPT from localhost[127.0.0.1]: look at this; from=<a@client")
    assert len(scene.world.mail) == 2
