"""Clients that send as fast as they are answered, and write down every acknowledgement."""

import itertools
import smtplib
import threading
from collections.abc import Callable, Iterable, Iterator

from crash.letters import Letter, letter
from machine import Machine

SENDER = "alice@example.org"
MESSAGES_PER_CONNECTION = 20


def send_by_smtp(machine: Machine, letters: Iterable[Letter]) -> Iterator[Letter]:
    """Each as it was acknowledged, for those recipients that were; raises when that ends.

    OSError or smtplib.SMTPException."""
    with smtplib.SMTP() as client:
        client.sock = machine.connect()
        client.getreply()
        client.ehlo("client.example.net")
        for one in letters:
            refused = client.sendmail(SENDER, [kind.value for kind in one.kinds], one.text())
            kinds = tuple(kind for kind in one.kinds if kind.value not in refused)
            yield Letter(one.number, kinds, one.size)


def send_by_sendmail(machine: Machine, one: Letter) -> bool:
    """Whether sendmail said that it took the letter."""
    recipients = [kind.value for kind in one.kinds]
    done = machine.attempt("sendmail", *recipients, user="alice", text=one.text())
    return done.returncode == 0


class Load:
    """Some SMTP clients and one caller of sendmail, until ``stop``.

    ``acknowledged`` is called with each letter as soon as it was; the ``first`` has that number.
    """

    def __init__(
        self,
        machine: Machine,
        smtp_clients: int,
        acknowledged: Callable[[Letter], None] = lambda _: None,
        *,
        first: int = 1,
    ) -> None:
        self.acknowledged: list[Letter] = []
        self.unanswered = 0
        self._tell = acknowledged
        self._machine = machine
        self._numbers = itertools.count(first)
        self._stopping = threading.Event()
        work = [self._send_by_smtp] * smtp_clients + [self._send_by_sendmail]
        self._threads = [threading.Thread(target=each) for each in work]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send_by_smtp(self) -> None:
        while not self._stopping.is_set():
            try:
                letters = itertools.islice(self._letters(), MESSAGES_PER_CONNECTION)
                for one in send_by_smtp(self._machine, letters):
                    self._acknowledge(one)
            except (OSError, smtplib.SMTPException):
                self.unanswered += 1
                self._stopping.wait(0.1)

    def _send_by_sendmail(self) -> None:
        for one in self._letters():
            if send_by_sendmail(self._machine, one):
                self._acknowledge(one)
            else:
                self.unanswered += 1

    def _letters(self) -> Iterator[Letter]:
        while not self._stopping.is_set():
            yield letter(next(self._numbers))

    def _acknowledge(self, one: Letter) -> None:
        self._tell(one)
        self.acknowledged.append(one)
