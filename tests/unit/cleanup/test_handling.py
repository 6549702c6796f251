"""What callers switch off (main.cf: receive_override_options, internal_mail_filter_classes)."""

import pytest

from postroom.contracts.cleanup import Handling, Queued, Submit
from unit.cleanup.peers import Bench
from unit.cleanup.stories import ID, envelope, local, run

TABLES = {
    "canonical_maps": ("inline:{joe@host.example=joe.user@host.example}",),
    "virtual_alias_maps": ("inline:{{all@host.example=ann, bob}}",),
    "always_bcc": "archive",
}
CONTENT = b"From: joe\r\n\r\n"


def recipients_and_content(handling: Handling) -> tuple[list[str], bytes]:
    async def story(here: Bench) -> None:
        question = Submit(ID, local("all", "ALL", sender="joe"), CONTENT, handling)
        assert await here.client.ask(question) == Queued(ID)

    envelope, content = run(story, **TABLES).qmgr.stored[ID]
    return [envelope.sender, *(one.address for one in envelope.recipients)], content


def test_addresses_are_mapped_and_copied() -> None:
    addresses, content = recipients_and_content(Handling())
    people = ["ann@host.example", "bob@host.example", "archive@host.example"]
    assert addresses == ["joe.user@host.example", *people]
    assert b"From: joe.user@host.example\r\n" in content


def test_without_mappings_addresses_are_completed_and_nothing_more() -> None:
    """A content filter gets what the client wrote, and the mapping is done behind it."""
    handling = Handling.external(("no_address_mappings",))
    addresses, content = recipients_and_content(handling)
    assert addresses == ["joe@host.example", "all@host.example"]
    assert b"From: joe@host.example\r\n" in content


@pytest.mark.parametrize(
    ("handling", "expected"),
    [
        (Handling.external(()), Handling()),
        (Handling.external(("no_header_body_checks",)), Handling(checks=False)),
        (Handling.external(("no_milters", "no_unknown_recipient_checks")), Handling(milters=False)),
        (Handling.internal("bounce"), Handling(checks=False, milters=False)),
        (Handling.internal("bounce", ("notify",)), Handling(checks=False, milters=False)),
        (Handling.internal("bounce", ("bounce",)), Handling()),
    ],
)
def test_what_the_parameters_mean(handling: Handling, expected: Handling) -> None:
    assert handling == expected


@pytest.mark.parametrize(
    ("sender", "recipient", "content"),
    [
        ("grå@x.example", "b@x.example", b"Subject: x\r\n\r\n"),
        ("a@x.example", "grå@x.example", b"Subject: x\r\n\r\n"),
        ("a@x.example", "b@x.example", "Subject: grå\r\n\r\n".encode()),
        ("a@x.example", "b@x.example", b"Subject: gr\xe5\r\n\r\n"),
    ],
)
def test_mail_beyond_ascii_needs_smtputf8_where_that_is_to_be_found_out(
    sender: str, recipient: str, content: bytes
) -> None:
    def needed(origin: str, content: bytes = content, **settings: bool) -> bool:
        async def story(here: Bench) -> None:
            handling = Handling().detecting(origin, ("sendmail", "verify"))
            question = Submit(ID, envelope(recipient, sender=sender), content, handling)
            assert await here.client.ask(question) == Queued(ID)

        return run(story, **settings).qmgr.stored[ID][0].smtputf8

    assert needed("sendmail")
    assert not needed("smtpd")
    assert not needed("sendmail", smtputf8_enable=False)


def test_a_body_beyond_ascii_needs_no_smtputf8() -> None:
    async def story(here: Bench) -> None:
        handling = Handling().detecting("smtpd", ("all",))
        content = "Subject: x\r\n\r\ngrå\r\n".encode()
        assert await here.client.ask(Submit(ID, envelope(), content, handling)) == Queued(ID)

    assert not run(story).qmgr.stored[ID][0].smtputf8
