"""What postroom explain says is what then happens to the mail."""

import json
import re
from typing import Any, NamedTuple

import pytest

from system.dialogue import send, talk
from system.mailer import Mailer

SENDER = "carol@example.org"
# Whom a client writes to, each with a way of its own through the mailer.
ACCEPTED = (
    "info@example.org",
    "staff@example.org",
    "old.name@example.org",
    "bob+list@example.org",
    "somebody@trash.example",
)
# Whom a program of this machine writes to.
SUBMITTED = ("nobody-here", "somebody@moved.example")
# Sender and recipient of mail that is not taken.
REFUSED = (
    ("somebody@bad.example", "alice@example.org"),
    (SENDER, "nobody-here@example.org"),
    (SENDER, "somebody@moved.example"),
    ("carol@no-such-place.example.org", "alice@example.org"),
)
DELIVERY = re.compile(
    r"postfix/(?P<program>\w+): (?P<id>\w+): to=<(?P<recipient>[^>]*)>"
    r"(?:, orig_to=<(?P<original>[^>]*)>)?, .*dsn=(?P<code>[\d.]+), status="
)


class End(NamedTuple):
    """Who delivers to whom, under which name he was written to, and with what result."""

    program: str
    recipient: str
    original: str
    code: str


@pytest.fixture
def site(mail: Mailer, peer: Mailer) -> Mailer:
    """Somewhere where mail goes many ways; zoe@example.net is at ``peer``."""
    assert peer.listens(25)
    mail.postmap("/etc/postroom/virtual", "info@example.org alice, zoe@example.net\n")
    mail.aliases("postmaster: root\nstaff: alice, bob\n")
    mail.set(
        recipient_delimiter="+",
        virtual_alias_maps="hash:/etc/postroom/virtual",
        canonical_maps="inline:{old.name@example.org=bob@example.org}",
        transport_maps="inline:{{moved.example=error:5.1.6 it moved}, {trash.example=discard:}}",
        smtpd_sender_restrictions="check_sender_access inline:{{bad.example=REJECT go away}}",
        smtpd_recipient_restrictions="reject_unknown_sender_domain",
    )
    return mail


def test_mail_goes_and_is_refused_as_it_was_explained(site: Mailer) -> None:
    explained = {address: explain(site, SENDER, address) for address in ACCEPTED}
    refusals = [explain(site, *letter) for letter in REFUSED]
    submitted = {address: explain_submission(site, address) for address in SUBMITTED}
    assert not [line for line in site.mail_log() if DELIVERY.search(line)]
    assert "is empty" in site.queue()

    for address, explanation in explained.items():
        queue_id = send(site.machine.connect(), SENDER, address)
        assert ends(site, queue_id) == promised(explanation)
    for letter, explanation in zip(REFUSED, refusals, strict=True):
        assert refusal(site, *letter) == explanation["answer"]
    for address, explanation in submitted.items():
        assert ends(site, submit(site, address)) == promised(explanation)


def test_users_may_send_as_it_was_explained(mail: Mailer) -> None:
    mail.set(
        authorized_submit_users="!bob, static:anyone",
        local_login_sender_maps="inline:{{alice = @example.org}}",
    )
    for user, sender in (("alice", SENDER), ("alice", "me@example.net"), ("bob", SENDER)):
        explained = mail.machine.attempt(
            "postroom", "explain", "--json", "--user", user, "--sender", sender, "carol"
        )
        explanation = json.loads(explained.stdout)
        sent = mail.machine.attempt("sendmail", "-f", sender, "carol", user=user, text="hello\n")
        assert bool(sent.returncode) is explanation["refused"] is bool(explained.returncode)
        _, _, why = explanation["answer"].partition(" ")
        assert sent.stderr.strip().endswith(why)


def explain(site: Mailer, sender: str, recipient: str) -> dict[str, Any]:
    """As for a client on this machine."""
    options = ("--client", "localhost[127.0.0.1]", "--helo", "client.example.net")
    envelope = ("--sender", sender, "--recipient", recipient)
    ran = site.machine.attempt("postroom", "explain", "--json", *options, *envelope)
    explanation = dict(json.loads(ran.stdout))
    assert ran.returncode == explanation["refused"]
    return explanation


def explain_submission(site: Mailer, recipient: str) -> dict[str, Any]:
    ran = site.machine.run("postroom", "explain", "--json", "--sender", SENDER, recipient)
    return dict(json.loads(ran))


def submit(site: Mailer, recipient: str) -> str:
    """The queue id of a message that sendmail has taken."""
    before = site.mail_log()
    site.machine.run("sendmail", "-f", SENDER, recipient, text="Subject: hi\n\nhello\n")

    def look() -> list[str]:
        return [line for line in site.mail_log()[len(before) :] if "postfix/pickup: " in line]

    (line,) = site.machine.wait_for("pickup to take it", look, 30)
    return str(line).split(": ")[1]


def promised(explanation: dict[str, Any]) -> set[End]:
    return {
        End(one["transport"], part["recipient"], part["original"], part["code"])
        for one in explanation["destinations"]
        for part in one["carried"] or [{**one, "code": _code(one)}]
    }


def _code(destination: dict[str, Any]) -> str:
    """The nexthop of error(8) begins with it; other agents are expected to have no trouble."""
    nexthop = str(destination["nexthop"])
    return nexthop.split(maxsplit=1)[0] if destination["transport"] == "error" else "2.0.0"


def ends(site: Mailer, queue_id: str) -> set[End]:
    """What the log says of a message, once it is gone."""
    site.wait_for_log(f"{queue_id}: removed", seconds=30)
    found = (DELIVERY.search(line) for line in site.mail_log() if f" {queue_id}: " in line)
    return {
        End(one["program"], one["recipient"], one["original"] or "", one["code"])
        for one in found
        if one
    }


def refusal(site: Mailer, sender: str, recipient: str) -> str:
    spoken = talk(
        site.machine.connect(),
        "S: 220\nC: EHLO client.example.net\nS: 250\n"
        f"C: MAIL FROM:<{sender}>\nS: 250\nC: RCPT TO:<{recipient}>\nS: \nC: QUIT\nS: 221\n",
    )
    return spoken.replies[3]
