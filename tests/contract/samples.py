"""One value of each question and each answer: the contracts in examples."""

from typing import Any

from postroom.contracts import (
    bounce,
    cleanup,
    delivery,
    dns,
    milter,
    pickup,
    policy_client,
    probed,
    proxymap,
    qmgr,
    queue_admin,
    rewrite,
    showq,
    submitted,
    verify,
)
from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Client, Envelope, Notify, Recipient, Submitter, Upstream
from postroom.mail.queue_id import QueueIdRange
from postroom.mail.status import Outcome

ID = "0605EB1D5A3C0"
ENVELOPE = Envelope(
    "a@one.example",
    (Recipient("b@two.example", "b", (Notify.FAILURE, Notify.DELAY), "rfc822;b@two.example"),),
    1_700_000_000.25,
    Client("client.example", "192.0.2.1", 4242, "helo", "ESMTPSA", "PLAIN", "joe", "TLSv1.3"),
    Submitter(1000, "joe", "Joe User"),
    "8BITMIME",
    True,
    "HDRS",
    "envid",
    True,
    forwarded=Upstream("up.example[192.0.2.9]", "up.example", "192.0.2.9", 99, "helo", "SMTP"),
    forwarded_id="4cKxyz",
)
OUTCOME = Outcome(0, "5.1.1", "unknown", "mx[192.0.2.2]:25", "mx.example", "550 5.1.1 unknown")
ENTRY = showq.Entry(
    ID,
    showq.QueueName.DEFERRED,
    1_700_000_000.0,
    1234,
    "a@one.example",
    (showq.WaitingRecipient("b@two.example", "timed out"),),
)
SUBMITTED = submitted.Submitted(
    "000653F1000000012345", 1_700_000_000.0, 1234, "alice", ("b@two.example",)
)
RECORD = dns.Record("mx.example", 10)
ROUTE = rewrite.Route("smtp", "two.example", "b@two.example", rewrite.AddressClass.DEFAULT)
REFUSED = cleanup.Refused(452, "4.3.1", "full")
REJECTED = milter.Rejected(550, "5.7.1", "no")
FILTERED = milter.Filtered(b"C: d\r\n", b"new\r\n", "", ("c@d.example",), ("e@f.example",), "odd")
VERDICTS = (milter.Proceed(), milter.Discarded(), REJECTED)
KEY = "0123456789abcdef" * 2
CLIENT = Client("client.example", "192.0.2.1", 4242, "helo")

CONTRACTS: tuple[Contract, ...] = tuple(
    module.CONTRACT
    for module in (
        bounce,
        cleanup,
        delivery,
        dns,
        milter,
        pickup,
        policy_client,
        probed,
        proxymap,
        qmgr,
        queue_admin,
        rewrite,
        showq,
        submitted,
        verify,
    )
)

# Each question with all its fields set, and all answers that it may get.
DIALOGUES: dict[str, list[tuple[Question[Any], tuple[Any, ...]]]] = {
    "bounce": [
        (
            bounce.Tell(bounce.Kind.FAILURE, ID, ENVELOPE, (OUTCOME,), 4, b"a\r\n", 1),
            (bounce.Sent(ID), bounce.Unwanted()),
        ),
    ],
    "cleanup": [
        (cleanup.LeaseIds(), (QueueIdRange(1, 32),)),
        (cleanup.Submit(ID, ENVELOPE, b"\r\n"), (cleanup.Queued(ID), REFUSED)),
        (cleanup.Begin(ID, ENVELOPE), (cleanup.Ready(), REFUSED)),
        (cleanup.Chunk(ID, b"x" * cleanup.MAX_INLINE), (cleanup.Ready(), REFUSED)),
        (cleanup.End(ID), (cleanup.Queued(ID), REFUSED)),
        (cleanup.Abandon(ID), (cleanup.Ready(),)),
    ],
    "delivery": [
        (
            delivery.Deliver(ID, "two.example", ENVELOPE, 3, 1.5, 2.5, b"a\r\n", 0),
            (delivery.Report((OUTCOME,), "connection refused"),),
        ),
    ],
    "dns": [
        (
            dns.Lookup("two.example", dns.RecordType.MX),
            (dns.Answer((RECORD,), 60, True), dns.NoSuchName(), dns.NoData(), dns.TryAgain("x")),
        ),
    ],
    "pickup": [(pickup.Wake(), (cleanup.Ready(),))],
    "proxymap": [
        (
            proxymap.Lookup("hash:/etc/postroom/x", "key"),
            (proxymap.Found("value"), proxymap.NotFound(), proxymap.TryAgain("locked")),
        ),
        (
            proxymap.LookupEach("hash:/etc/postroom/x", ("key", "other")),
            (proxymap.FoundEach(("value", "none")), proxymap.TryAgain("locked")),
        ),
    ],
    "qmgr": [
        (qmgr.LeaseIds(100), (QueueIdRange(1, 100),)),
        (qmgr.Enqueue(ID, ENVELOPE, b"\r\n"), (qmgr.Stored(), REFUSED)),
        (qmgr.OpenFile(ID), (cleanup.Ready(), REFUSED)),
        (qmgr.EnqueueFile(ID, ENVELOPE, 1_000_000), (qmgr.Stored(), REFUSED)),
        (qmgr.DropFile(ID), (cleanup.Ready(),)),
    ],
    "queue-admin": [
        (
            queue_admin.Apply(queue_admin.Action.HOLD, (ID,), (showq.QueueName.ACTIVE,)),
            (queue_admin.Done((ID,)),),
        ),
        (
            queue_admin.ApplyToAll(queue_admin.Action.DELETE, (showq.QueueName.HOLD,)),
            (queue_admin.DoneToAll(100_000),),
        ),
        (
            queue_admin.Find((showq.QueueName.DEFERRED,), ID),
            (queue_admin.Done((ID,)),),
        ),
        (
            queue_admin.Take(ID, (showq.QueueName.DEFERRED,)),
            (queue_admin.Message(ENTRY, ENVELOPE, 1234, 8), queue_admin.NotFound()),
        ),
        (
            queue_admin.Read(ID),
            (queue_admin.Message(ENTRY, ENVELOPE, 1234, 8), queue_admin.NotFound()),
        ),
    ],
    "rewrite": [
        (
            rewrite.Rewrite(rewrite.Context.LOCAL, ("joe",)),
            (rewrite.Rewritten(("joe@one.example",)), rewrite.TryAgain("locked")),
        ),
        (
            rewrite.Resolve("a@one.example", ("b@two.example",)),
            (rewrite.Resolved((ROUTE,)), rewrite.TryAgain("locked")),
        ),
    ],
    "milter": [
        (
            milter.Open("smtpd/smtp", CLIENT, "client.example", "OK", "192.0.2.9"),
            (milter.Opened(KEY, ("mail", "rcpt")), REJECTED),
        ),
        (milter.Hello(KEY, CLIENT), VERDICTS),
        (milter.MailFrom(KEY, CLIENT, "a@one.example", ("SIZE=1",)), VERDICTS),
        (milter.RcptTo(KEY, ID, "b@two.example", ("NOTIFY=NEVER",)), VERDICTS),
        (milter.DataBegins(KEY), VERDICTS),
        (milter.UnknownCommand(KEY, "XYZZY"), VERDICTS),
        (milter.Abort(KEY), (milter.Proceed(),)),
        (milter.Close(KEY), (milter.Proceed(),)),
        (
            milter.Content(KEY, ID, b"A: b\r\n", b"text\r\n", checks=("regexp:/x",)),
            (
                FILTERED,
                milter.Discarded(),
                REJECTED,
            ),
        ),
        (
            milter.LocalMessage(
                "cleanup/cleanup", ID, ENVELOPE, b"A: b\r\n", None, 8, ("regexp:/x",)
            ),
            (FILTERED, milter.Discarded(), REJECTED),
        ),
    ],
    "policy-client": [
        (
            policy_client.Ask("inet:192.0.2.1:10023", ("request=x", "sender=")),
            (policy_client.Action("OK"),),
        ),
    ],
    "probed": [
        (
            bounce.Tell(bounce.Kind.PROBE, ID, ENVELOPE, (OUTCOME,), 4, b"a\r\n", 0),
            (bounce.Sent(ID), bounce.Unwanted()),
        ),
    ],
    "verify": [
        (verify.Verify("b@two.example"), (verify.Verified(verify.State.UNKNOWN, "wait"),)),
    ],
    "showq": [
        (showq.List(7), (showq.Page((ENTRY,), 9), showq.NotAllowed())),
        (showq.Flush(), (cleanup.Ready(), showq.NotAllowed())),
        (showq.FlushSite("two.example"), (cleanup.Ready(), showq.NotAllowed())),
        (showq.FlushMessage(ID), (cleanup.Ready(), showq.NotAllowed())),
        (showq.RunQueue(), (cleanup.Ready(), showq.NotAllowed())),
    ],
    "submitted": [
        (submitted.List(7), (submitted.Page((SUBMITTED,), 9), showq.NotAllowed())),
    ],
}
