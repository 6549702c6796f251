"""From replies and failures to outcomes, in Postfix's words."""

from postroom.delivery.client.failure import HostRefused
from postroom.delivery.client.host import Host
from postroom.esmtp.client_events import Step, Verdict
from postroom.esmtp.reply_parser import PeerReply
from postroom.mail.status import Outcome, Reach, StatusCode

# What 552 to RCPT can mean beside a full mailbox: RFC 3463 section 3.6, or nothing is said of it.
_TOO_MANY_RECIPIENTS = ("5.5.3", "5.0.0")


def delivered(verdict: Verdict) -> bool:
    """Only a positive reply to the end of data is a delivery (to RCPT or DATA, for a probe);
    elsewhere it is a mistake."""
    if verdict.step is not verdict.message.ends_with:
        return False
    return verdict.reply.code < 400 if verdict.step is Step.DATA else verdict.reply.positive


def outcome(verdict: Verdict, recipient: int, host: Host, *, dsn: bool, reach: Reach) -> Outcome:
    """What a reply means for one recipient (RFC 5321 section 4.2.1); ``dsn``: the host has DSN.

    ``reach`` is how far what it took has come.
    """
    reply, text = verdict.reply, verdict.reply.text
    if delivered(verdict):
        code = reply.status if reply.positive else "2.0.0"
        return Outcome(recipient, code, text, host.relay, host.name, text, dsn, reach)
    said = f"host {host.shown} said: {text} (in reply to {verdict.step.command})"
    code, said = _failure(verdict.step, reply, said)
    return Outcome(recipient, code, said, host.relay, host.name, text)


def refusal(refused: HostRefused, host: Host, *, try_next: bool) -> tuple[StatusCode, str]:
    """A server that does not want to talk to us; ``try_next`` takes a 5xx greeting for a 4xx."""
    said = f"host {host.shown} refused to talk to me: {refused.reply.text}"
    code, text = _failure(refused.step, refused.reply, said)
    if try_next and refused.step is Step.GREETING:
        code = "4" + code[1:]
    return code, text


def _failure(step: Step, reply: PeerReply, said: str) -> tuple[StatusCode, str]:
    if reply.code < 400:
        return "5.5.0", said if reply.code >= 300 else f"Protocol error: {said}"
    if step is Step.RCPT and reply.code == 552 and reply.status in _TOO_MANY_RECIPIENTS:
        # RFC 5321 section 4.5.3.1.10: that is to be taken for 452. Postfix does not.
        return "4" + reply.status[1:], said
    return reply.status, said
