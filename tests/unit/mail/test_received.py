"""postroom.mail.received and date: the lines every mail reader and spam filter knows."""

import time
from collections.abc import Iterator

import pytest

from postroom.mail import date
from postroom.mail.date import compact_local, format_date
from postroom.mail.envelope import Client, Envelope, Recipient, Submitter
from postroom.mail.received import Site, received

ARRIVAL = 1_700_000_000.5


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CET-1")
    time.tzset()
    date._format_second.cache_clear()
    yield
    monkeypatch.undo()
    time.tzset()
    date._format_second.cache_clear()


def field(client: Client | None = None, submitter: Submitter | None = None, *to: str) -> str:
    recipients = tuple(map(Recipient, to or ("user@example.com",)))
    envelope = Envelope("a@b", recipients, ARRIVAL, client=client, submitter=submitter)
    return received(envelope, "0123456789ABC", Site("mx.example", "Postroom", True)).decode()


CLIENT = Client("host.example", "192.0.2.1", 25, "helo.example", "ESMTP")


def test_mail_by_smtp_names_helo_name_and_address() -> None:
    assert field(CLIENT) == (
        "Received: from helo.example (host.example [192.0.2.1])\r\n"
        "\tby mx.example (Postroom) with ESMTP id 0123456789ABC\r\n"
        "\tfor <user@example.com>; Tue, 14 Nov 2023 23:13:20 +0100 (CET)\r\n"
    )


def test_several_recipients_are_not_told_of_each_other() -> None:
    text = field(CLIENT, None, "a@b.example", "c@d.example")
    assert "for <" not in text
    assert "id 0123456789ABC;\r\n\tTue" in text


def test_mail_of_a_local_user_names_the_uid() -> None:
    assert field(None, Submitter(1000)) == (
        "Received: by mx.example (Postroom, from userid 1000)\r\n"
        "\tid 0123456789ABC; Tue, 14 Nov 2023 23:13:20 +0100 (CET)\r\n"
    )


def test_our_own_mail_names_only_us() -> None:
    assert field().startswith("Received: by mx.example (Postroom)\r\n\tid 0123456789ABC; ")


def test_login_and_tls_have_a_line_each() -> None:
    client = Client(
        "h", "::1", 1, "h", "ESMTPSA", "PLAIN", "joe@a(b", "TLSv1.3 with cipher X", "CN x"
    )
    shown = "[IPv6:::1])\r\n\t(using TLSv1.3 with cipher X)\r\n\t(CN x)\r\n\t(Auth"
    assert shown in field(client)
    assert "\t(Authenticated sender: joe@a?b)\r\n" in field(client)


def test_a_hostile_helo_cannot_forge_a_clause() -> None:
    text = field(Client("unknown", "192.0.2.1", 1, "x) by <evil>; (\ty"))
    assert "from x??by??evil?????y (unknown [192.0.2.1])" in text


def test_a_day_has_two_digits() -> None:
    assert format_date(1_699_000_000) == "Fri, 03 Nov 2023 09:26:40 +0100 (CET)"
    assert compact_local(1_699_000_000) == "20231103092640"
