"""Whom no host has served yet, and why: for the next host, and at last for the queue manager."""

from collections.abc import Iterable

from postroom.delivery.attempt import Attempt
from postroom.delivery.client.host import Host
from postroom.mail.status import Outcome, StatusCode
from postroom.maillog.smtp import SmtpLog


class Undelivered:
    """The recipients of one message who have no outcome yet, each with the reason met last.

    ``failure`` is why the last host as a whole was of no use; empty if it took part in a
    transaction.
    """

    def __init__(self, attempt: Attempt, log: SmtpLog) -> None:
        self._attempt = attempt
        self._log = log
        self._outcomes: dict[int, tuple[Outcome, int]] = {}
        # Reasons that the log does not have yet, each with its host.
        self._untold: dict[str, str] = {}
        self.failure = ""

    def keep(self, outcome: Outcome, conn_use: int) -> None:
        """One recipient is left to the next host."""
        self._outcomes[outcome.recipient] = outcome, conn_use
        self._untold[outcome.text] = outcome.relay

    def host_failed(
        self,
        code: StatusCode,
        text: str,
        host: Host | None = None,
        whom: Iterable[int] | None = None,
        *,
        whole: bool = True,
    ) -> None:
        """A host is of no use; the next one gets these recipients, or all.

        Without ``whole`` that says nothing about other mail for it.
        """
        self.failure = text if whole and code[0] == "4" else ""
        relay = "none" if host is None else host.relay
        for recipient in self._attempt.unsettled if whom is None else sorted(whom):
            self.keep(Outcome(recipient, code, text, relay), 1)

    def connect_failed(self, text: str, host: Host) -> None:
        """The same of a host that nobody is connected to, which the log has at once, as another
        may follow: behind a socket there is none."""
        if not host.path:
            self._log.connect_failed(text)
        self.host_failed("4.4.1", text)
        self._untold.clear()

    def tell(self) -> None:
        """Another host follows: the log should know what was wrong with the one before."""
        for text, relay in self._untold.items():
            self._log.host_failed(self._attempt.request.queue_id, text, relay)
        self._untold.clear()

    def settle(self) -> None:
        """There is no other host."""
        unsettled = self._attempt.unsettled
        for index in unsettled:
            self._attempt.settle(*self._outcomes[index])
        if unsettled and self.failure:
            self._attempt.nexthop_failed(self.failure)
