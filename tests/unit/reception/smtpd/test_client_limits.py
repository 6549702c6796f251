"""smtpd_client_…_limit: a client that wants too much is told so, others are not."""

from pathlib import Path
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.mail.envelope import Client
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.client_limits import MAX_REMEMBERED, ClientLimits, Counted
from unit.reception.smtpd.scene import Scene, play, settings_with

STRANGERS = {"smtpd_client_event_limit_exceptions": ()}
ONE = Client("one.example", "192.0.2.1")
OTHER = Client("other.example", "192.0.2.2")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def limits(clock: Clock, **settings: Any) -> tuple[ClientLimits, MemoryJournal]:
    journal = MemoryJournal()
    return ClientLimits(settings_with(**settings), SmtpdLog(journal), clock), journal


def test_more_connections_than_allowed_are_refused_and_logged(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        first = await scene.client()
        second = await scene.client()
        third = await scene.connect()
        refusal = await third.reply()
        assert refusal.startswith("421 4.7.0 mail.example.com Error: too many connections from ")
        assert await third.reply() == ""
        await first.quit()
        await second.quit()
        await (await scene.client()).quit()

    scene = play(tmp_path, story, smtpd_client_connection_count_limit=2, **STRANGERS)
    (line,) = scene.log("warning: ")
    assert line.startswith("warning: Connection concurrency limit exceeded: 3 from ")
    assert line.endswith(" for service smtp")


def test_clients_that_are_excepted_are_not_counted(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        for _ in range(3):
            await scene.client()

    exceptions = {"smtpd_client_event_limit_exceptions": ("127.0.0.0/8",)}
    scene = play(tmp_path, story, smtpd_client_connection_count_limit=1, **exceptions)
    assert scene.log("warning: ") == []


@pytest.mark.parametrize(
    ("parameter", "commands", "refusal", "warning"),
    [
        (
            "smtpd_client_message_rate_limit",
            ["MAIL FROM:<a@client.example>", "RSET", "MAIL FROM:<a@client.example>"],
            "450 4.7.1 Error: too much mail from ",
            "Message delivery request rate limit exceeded: 2 from ",
        ),
        (
            "smtpd_client_recipient_rate_limit",
            ["MAIL FROM:<>", "RCPT TO:<user@example.com>", "RCPT TO:<other@example.com>"],
            "450 4.7.1 Error: too many recipients from ",
            "Recipient address rate limit exceeded: 2 from ",
        ),
        (
            "smtpd_client_auth_rate_limit",
            ["AUTH PLAIN AAA=", "AUTH PLAIN AAA="],
            "450 4.7.1 Error: too many AUTH commands from ",
            "AUTH command rate limit exceeded: 2 from ",
        ),
        (
            "smtpd_client_new_tls_session_rate_limit",
            ["STARTTLS", "STARTTLS"],
            "454 4.7.0 Error: too many new TLS sessions from ",
            "New TLS session rate limit exceeded: 2 from ",
        ),
    ],
)
def test_more_of_a_command_than_allowed_is_put_off(
    tmp_path: Path, parameter: str, commands: list[str], refusal: str, warning: str
) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        replies = [await client.say(command) for command in commands]
        assert replies[-1].startswith(refusal)
        assert not any(reply.startswith(refusal) for reply in replies[:-1])

    scene = play(tmp_path, story, **{parameter: 1, **STRANGERS})
    assert len(scene.log(f"warning: {warning}")) == 1


def test_the_rate_of_connections_is_limited(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        await (await scene.client()).quit()
        assert (await (await scene.connect()).reply()).startswith("421 4.7.0 ")

    scene = play(tmp_path, story, smtpd_client_connection_rate_limit=1, **STRANGERS)
    assert scene.log("warning: Connection rate limit exceeded: 2 from ")


def test_a_while_later_the_count_begins_anew() -> None:
    clock = Clock()
    found, _ = limits(clock, smtpd_client_message_rate_limit=1, anvil_rate_time_unit=60.0)
    assert found.happens(Counted.MESSAGE, ONE) is None
    clock.now += 59
    assert found.happens(Counted.MESSAGE, ONE) is not None
    assert found.happens(Counted.MESSAGE, OTHER) is None
    clock.now += 1
    assert found.happens(Counted.MESSAGE, ONE) is None


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8::1", "2001:db8:0:0:0:fff::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_addresses_of_one_network_are_one_client(first: str, second: str, is_same: bool) -> None:
    found, _ = limits(Clock(), smtpd_client_message_rate_limit=1)
    found.happens(Counted.MESSAGE, Client("a", first))
    assert (found.happens(Counted.MESSAGE, Client("b", second)) is not None) is is_same


def test_shorter_prefixes_make_one_client_of_many_hosts() -> None:
    found, _ = limits(
        Clock(), smtpd_client_message_rate_limit=1, smtpd_client_ipv4_prefix_length=24
    )
    found.happens(Counted.MESSAGE, ONE)
    assert found.happens(Counted.MESSAGE, OTHER) is not None


def test_clients_without_number_do_not_take_memory_without_end() -> None:
    found, _ = limits(Clock(), smtpd_client_message_rate_limit=1)
    found.opened(ONE)
    for number in range(MAX_REMEMBERED + 100):
        found.happens(Counted.MESSAGE, Client("x", f"10.{number >> 8}.{number & 255}.1"))
    assert len(found._records) <= MAX_REMEMBERED
    assert found._records[ONE.address].open == 1
