"""What an agent found can be told in other words, and tried again or not; not more than that."""

import pytest

from memory_journal import MemoryJournal
from postroom.delivery.status_filter import StatusFilter
from postroom.mail.status import Outcome
from postroom.maillog.record import MailLog
from postroom.tables import Maps


def revised(table: str, code: str, text: str) -> tuple[str, str, list[str]]:
    journal = MemoryJournal()
    outcome = StatusFilter(Maps((table,)), MailLog(journal)).revised(Outcome(0, code, text))
    return outcome.code, outcome.text, journal.lines


@pytest.mark.parametrize(
    ("result", "code", "text"),
    [
        ("5.7.5 no certificate", "5.7.5", "no certificate"),
        ("4.7.4 wait", "4.7.4", "wait"),
        ("2.0.0 never mind", "4.7.5", "untrusted"),
        ("5.7.5", "4.7.5", "untrusted"),
        ("go away", "4.7.5", "untrusted"),
    ],
)
def test_a_failure_stays_a_failure_of_one_kind_or_the_other(
    result: str, code: str, text: str
) -> None:
    table = f"inline:{{ {{4.7.5 untrusted = {result}}} }}"
    assert revised(table, "4.7.5", "untrusted")[:2] == (code, text)
    assert revised(table, "4.7.5", "other")[:2] == ("4.7.5", "other")


def test_what_is_delivered_is_delivered() -> None:
    table = "inline:{ {2.0.0 ok = 5.0.0 no} {2.0.0 fine = 2.1.5 as you say} }"
    code, text, lines = revised(table, "2.0.0", "ok")
    assert (code, text) == ("2.0.0", "ok")
    assert lines == ["warning: delivery status filter: 2.0.0 cannot become 5.0.0"]
    assert revised(table, "2.0.0", "fine")[:2] == ("2.1.5", "as you say")


def test_nothing_is_given_up_while_the_table_is_away() -> None:
    code, text, lines = revised("fail:it", "5.1.1", "no such user")
    assert (code, text) == ("4.1.1", "no such user")
    assert len(lines) == 1
