"""How addresses and times stand in the log; what is expected is what Postfix 3.10 writes."""

from importlib import import_module
from pathlib import Path

import pytest

from memory_journal import MemoryJournal
from postroom import maillog
from postroom.mail.envelope import Client, Recipient, Upstream
from postroom.mail.status import Outcome
from postroom.maillog.cleanup import CleanupLog, Origin
from postroom.maillog.delivery import Delays, DeliveryLog
from postroom.maillog.forms import Forms, seconds
from postroom.maillog.pickup import PickupLog
from postroom.maillog.qmgr import QueueManagerLog
from postroom.maillog.record import MailLog
from postroom.maillog.smtpd import SmtpdLog

JOE = "joe doe@x.example"
CLIENT = Client("c.example", "192.0.2.1")
UPSTREAM = Upstream("c.example[192.0.2.1]")


@pytest.mark.parametrize(
    ("value", "by_digits"),
    [
        (0.0, "0 0 0 0"),
        (0.0000004, "0 0 0 0"),
        (0.000123, "0 0 0 0.00012"),
        (0.0046, "0 0 0 0.0046"),
        (0.0096, "0 0 0.01 0.0096"),
        (0.012345, "0 0 0.01 0.012"),
        (0.1, "0 0.1 0.1 0.1"),
        (0.126, "0 0.1 0.13 0.13"),
        (0.96, "1 1 0.96 0.96"),
        (0.999, "1 1 1 1"),
        (1.26, "1 1.3 1.3 1.3"),
        (9.96, "10 10 10 10"),
        (12.6, "13 13 13 13"),
        (123.4, "123 123 123 123"),
        (1234.4, "1234 1234 1234 1234"),
    ],
)
def test_a_time_has_few_digits(value: float, by_digits: str) -> None:
    assert [seconds(value, digits) for digits in (0, 1, 2, 6)] == by_digits.split()


@pytest.mark.parametrize(
    ("form", "shown"), [("external", '"joe doe"@x.example'), ("internal", JOE)]
)
def test_addresses_are_quoted_in_the_log_or_not(form: str, shown: str) -> None:
    journal = MemoryJournal()
    forms = Forms.of(form)
    outcome = Outcome(0, "2.0.0", "ok")
    delivery = DeliveryLog(journal, forms)
    delivery.outcome("ID", Recipient(JOE, original=f"x{JOE}"), outcome, Delays(0, 0, 0, 0))
    QueueManagerLog(journal, forms).active("ID", JOE, 5, 1)
    PickupLog(journal, forms).picked_up("ID", 5, JOE)
    CleanupLog(journal, forms).flawed("ID", Origin(JOE, JOE, UPSTREAM), "flaw", b"x")
    smtpd = SmtpdLog(journal, forms)
    smtpd.verdict("reject", "", "RCPT", CLIENT, "550 no", sender=JOE, recipient=JOE)
    smtpd.verdict("reject", "", "MAIL", CLIENT, "550 no", sender="", recipient=None)
    other = shown.replace("joe", "xjoe")
    assert journal.lines == [
        f"ID: to=<{shown}>, orig_to=<{other}>, relay=none, delay=0, delays=0/0/0/0, "
        "dsn=2.0.0, status=sent (ok)",
        f"ID: from=<{shown}>, size=5, nrcpt=1 (queue active)",
        f"ID: uid=5 from=<{shown}>",
        f"ID: reject: mime-error flaw: x from c.example[192.0.2.1]; from=<{shown}> to=<{shown}>",
        "NOQUEUE: reject: RCPT from c.example[192.0.2.1]: 550 no; "
        f"from=<{shown}> to=<{shown}> proto=SMTP",
        "NOQUEUE: reject: MAIL from c.example[192.0.2.1]: 550 no; from=<> proto=SMTP",
    ]


@pytest.mark.parametrize(
    "path", sorted(Path(maillog.__file__).parent.glob("*.py")), ids=lambda one: one.stem
)
def test_every_log_of_a_service_can_be_opened_with_forms(path: Path) -> None:
    module = import_module(f"postroom.maillog.{path.stem}")
    logs = [one for one in vars(module).values() if isinstance(one, type)]
    for log in logs:
        if issubclass(log, MailLog):
            log(MemoryJournal(), Forms.of("internal"))


def test_delays_are_as_precise_as_main_cf_wants() -> None:
    journal = MemoryJournal()
    log = DeliveryLog(journal, Forms.of("external", 4))
    delays = Delays(0.00012, 0.00456, 1.26, 0.0)
    log.outcome("ID", Recipient("a@b"), Outcome(0, "2.0.0", "ok"), delays)
    assert "delay=1.3, delays=0.0001/0.0046/1.3/0, " in journal.lines[0]
