"""What cleanup says in the mail log."""

from typing import NamedTuple

from postroom.mail.envelope import Envelope, Upstream
from postroom.maillog.record import MailLog


class Origin(NamedTuple):
    """Where a message comes from, and its last recipient, as lines about its content show it."""

    sender: str
    recipient: str
    client: Upstream | None

    @property
    def source(self) -> str:
        return "local" if self.client is None else self.client.shown


class CleanupLog(MailLog):
    """The log of cleanup(8)."""

    def _addresses(self, origin: Origin) -> str:
        return f"from=<{self._address(origin.sender)}> to=<{self._address(origin.recipient)}>"

    def acted(self, queue_id: str, origin: Origin, action: str, what: str, text: str) -> None:
        """``ID: reject: header Subject: … from …; from=<…> to=<…> proto=… helo=<…>: 5.7.1 …``."""
        client = origin.client
        peer = f" proto={client.protocol}" if client is not None else ""
        if client is not None and client.helo:
            peer += f" helo=<{client.helo}>"
        self.info(
            f"{queue_id}: {action}: {what} from {origin.source}; {self._addresses(origin)}{peer}"
            + (f": {text}" if text else ""),
            QUEUE_ID=queue_id,
            SENDER=origin.sender,
            RECIPIENT=origin.recipient,
        )

    def flawed(self, queue_id: str, origin: Origin, flaw: str, data: bytes) -> None:
        """``ID: reject: mime-error …: … from …; from=<…> to=<…>``."""
        text = data.removesuffix(b"\r\n").decode("utf-8", "replace").replace("\r", "")[:100]
        self.info(
            f"{queue_id}: reject: mime-error {flaw}: {text} from {origin.source}; "
            f"{self._addresses(origin)}",
            QUEUE_ID=queue_id,
            SENDER=origin.sender,
            RECIPIENT=origin.recipient,
        )

    def canceled(self, queue_id: str) -> None:
        """A message that was begun, and is not stored."""
        self.info(f"{queue_id}: removed (canceled)", QUEUE_ID=queue_id)

    def discarded(self, queue_id: str) -> None:
        self.info(f"{queue_id}: removed (discarded)", QUEUE_ID=queue_id)

    def message_id(self, queue_id: str, value: str, resent: bool = False) -> None:
        """``ID: message-id=<…>``; the value as it stands in the header."""
        prefix = "resent-" if resent else ""
        self.info(f"{queue_id}: {prefix}message-id={value}", QUEUE_ID=queue_id, MESSAGE_ID=value)

    def rejected(self, queue_id: str, envelope: Envelope, reply: str) -> None:
        """``ID: reject: content from …: 5.4.0 …; from=<…> to=<…> proto=… helo=<…>``."""
        recipient = envelope.recipients[0].address if envelope.recipients else ""
        origin = Origin(envelope.sender, recipient, envelope.upstream)
        self._verdict(queue_id, origin, "reject: content", reply)

    def milter_rejected(self, queue_id: str, origin: Origin, reply: str) -> None:
        """``ID: milter-reject: END-OF-MESSAGE from …``."""
        self._verdict(queue_id, origin, "milter-reject: END-OF-MESSAGE", reply)

    def milter_discarded(self, queue_id: str, origin: Origin) -> None:
        action = "milter-discard: END-OF-MESSAGE"
        self._verdict(queue_id, origin, action, "milter triggers DISCARD action")

    def milter_held(self, queue_id: str, origin: Origin, reason: str) -> None:
        self._verdict(queue_id, origin, "milter-hold: END-OF-MESSAGE", reason)

    def milter_problem(self, queue_id: str, reason: str) -> None:
        self._of(queue_id, f"milter: {reason}")

    def _verdict(self, queue_id: str, origin: Origin, action: str, text: str) -> None:
        client = origin.client
        peer = f" proto={client.protocol} helo=<{client.helo}>" if client else ""
        self.info(
            f"{queue_id}: {action} from {origin.source}: {text}; {self._addresses(origin)}{peer}",
            QUEUE_ID=queue_id,
            SENDER=origin.sender,
            RECIPIENT=origin.recipient,
        )

    def rewrite_problem(self, address: str, reason: str) -> None:
        self.warning(f"problem rewriting address <{self._address(address)}>: {reason}")

    def table_problem(self, queue_id: str, parameter: str, reason: str, address: str = "") -> None:
        """``parameter: reason``, and ``ID: parameter map lookup problem for …``."""
        self.warning(f"{parameter}: {reason}", QUEUE_ID=queue_id)
        what = f" for {self._address(address)}" if address else ""
        self._put_off(queue_id, f"{parameter} map lookup problem{what}")

    def many_results(self, queue_id: str, parameter: str, address: str) -> None:
        self._of(queue_id, f"multi-valued {parameter} entry for {self._address(address)}")

    def unreasonable(self, queue_id: str, parameter: str, what: str, address: str) -> None:
        self._put_off(queue_id, f"unreasonable {parameter} map {what} for {self._address(address)}")

    def overlong(self, queue_id: str, parameter: str, result: str) -> None:
        shown = self._address(result)[:300]
        self._put_off(queue_id, f"unreasonable {parameter} result {shown}...")

    def _put_off(self, queue_id: str, why: str) -> None:
        self._of(queue_id, f"{why} -- message not accepted, try again later")

    def _of(self, queue_id: str, text: str) -> None:
        self.warning(f"{queue_id}: {text}", QUEUE_ID=queue_id)

    def store_problem(self, queue_id: str, reason: str) -> None:
        self._of(queue_id, f"queue file write error: {reason}")
