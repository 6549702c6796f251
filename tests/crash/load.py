"""Clients that send as fast as they are answered, and write down every acknowledgement."""

import itertools
import smtplib
import threading

from crash.letters import Letter, letter
from machine import Machine

SENDER = "alice@example.org"
MESSAGES_PER_CONNECTION = 20


class Load:
    """Some SMTP clients and one caller of sendmail, until ``stop``."""

    def __init__(self, machine: Machine, smtp_clients: int) -> None:
        self.acknowledged: list[Letter] = []
        self.unanswered = 0
        self._machine = machine
        self._numbers = itertools.count(1)
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
                self._one_connection()
            except (OSError, smtplib.SMTPException):
                self.unanswered += 1
                self._stopping.wait(0.1)

    def _one_connection(self) -> None:
        with smtplib.SMTP() as client:
            client.sock = self._machine.connect()
            client.getreply()
            client.ehlo("client.example.net")
            for _ in range(MESSAGES_PER_CONNECTION):
                if self._stopping.is_set():
                    return
                one = letter(next(self._numbers))
                refused = client.sendmail(SENDER, [kind.value for kind in one.kinds], one.text())
                kinds = tuple(kind for kind in one.kinds if kind.value not in refused)
                self.acknowledged.append(Letter(one.number, kinds, one.size))

    def _send_by_sendmail(self) -> None:
        while not self._stopping.is_set():
            one = letter(next(self._numbers))
            recipients = [kind.value for kind in one.kinds]
            done = self._machine.attempt("sendmail", *recipients, user="alice", text=one.text())
            if done.returncode == 0:
                self.acknowledged.append(one)
            else:
                self.unanswered += 1
