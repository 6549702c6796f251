"""Variable return paths: each failed recipient has a report of his own (VERP_README)."""

from email import message_from_bytes, policy
from typing import Any

from msgspec import structs

from postroom.contracts.bounce import Kind, Tell
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.mail.status import Outcome
from unit.bounce.telling import Told, question, tell

TWO = (Recipient("b@two.example"), Recipient("new@three.example", "c@three.example"))
FAILED = tuple(Outcome(index, "5.1.1", f"nobody {index}") for index in range(2))
SENDERS = ["a+b=two.example@one.example", "a+c=three.example@one.example"]


def of_two(kind: Kind = Kind.FAILURE, code: str = "", **fields: Any) -> Tell:
    outcomes = FAILED
    if code:
        outcomes = tuple(structs.replace(outcome, code=code) for outcome in FAILED)
    envelope = Envelope("a@one.example", TWO, 1_700_000_000.0, **({"verp": "+="} | fields))
    return structs.replace(question(kind, outcomes), envelope=envelope)


def addressees(told: Told) -> list[str]:
    return [envelope.recipients[0].address for envelope, _ in told.queued]


def test_each_failure_is_told_to_the_sender_of_its_copy() -> None:
    told = tell(of_two())
    assert addressees(told) == SENDERS
    for index, (envelope, content) in enumerate(told.queued):
        report = message_from_bytes(content, policy=policy.SMTP)
        assert report["To"] == SENDERS[index]
        assert envelope.sender == ""
        assert b"nobody %d" % index in content
        assert b"nobody %d" % (1 - index) not in content
        # The message itself came from the list.
        assert b"\r\nX-Postroom-Sender: rfc822; a@one.example\r\n" in content
        assert b"\r\nReturn-Path: <a@one.example>\r\n" in content
    assert len({envelope.once for envelope, _ in told.queued}) == 2
    assert len(told.journal.lines) == 2


def test_reports_on_two_whom_the_list_calls_the_same_are_two() -> None:
    """An address that became two others fails twice, and qmgr takes what bears one name once."""
    became = tuple(Recipient(f"{name}@two.example", "b@two.example") for name in ("x", "y"))
    asked = of_two()
    told = tell(structs.replace(asked, envelope=asked.envelope.to(became)))
    assert addressees(told) == SENDERS[:1] * 2
    assert len({envelope.once for envelope, _ in told.queued}) == 2


def test_the_postmaster_has_a_copy_of_each() -> None:
    told = tell(of_two(), notify_classes=("bounce",))
    expected = [SENDERS[0], "postmaster", SENDERS[1], "postmaster"]
    assert addressees(told) == expected
    copies = [content for envelope, content in told.queued if envelope.sender]
    assert [b"nobody 0" in copy for copy in copies] == [True, False]


def test_who_wants_no_report_has_none() -> None:
    recipients = (structs.replace(TWO[0], notify=(Notify.NEVER,)), TWO[1])
    asked = of_two()
    told = tell(structs.replace(asked, envelope=asked.envelope.to(recipients)))
    assert addressees(told) == SENDERS[1:]


def test_disabled_one_report_tells_the_sender_of_all() -> None:
    told = tell(of_two(), disable_verp_bounces=True)
    assert addressees(told) == ["a@one.example"]
    assert all(b"nobody %d" % index in told.queued[0][1] for index in range(2))


def test_a_delay_is_told_to_the_sender_of_the_message() -> None:
    told = tell(of_two(Kind.DELAY, "4.4.1"))
    assert addressees(told) == ["a@one.example"]


def test_mail_from_nobody_has_no_other_sender() -> None:
    told = tell(structs.replace(of_two(), envelope=of_two(verp="").envelope))
    assert addressees(told) == ["a@one.example"]
    told = tell(
        structs.replace(of_two(), envelope=structs.replace(of_two().envelope, sender="")),
    )
    assert told.journal.lines == []
