"""Messages with all kinds of addresses in envelope and header: made from a seed."""

import random

from rewriting.cleanups import Sample

USERS = ("joe", "bob", "john doe", "info", "old", "list", "ann+ext", "joe+list", "MAILER-DAEMON")
DOMAINS = ("example.com", "mail.example.com", "host", "sub.example.com", "Deep.Host.Masq.Example")
DOMAINS += (
    "masq.example",
    "open.masq.example",
    "x.open.masq.example",
    "alias.example",
    "else.example",
)
NAMES = ("Joe", "Joe Doe", '"Doe, Joe"', "J. (really) Doe", "=?utf-8?q?J=C3=BC?=", "")
SENDERS = ("From", "Sender", "Reply-To", "Errors-To", "Return-Receipt-To")
SENDERS += (
    "Resent-From",
    "Resent-Sender",
    "Resent-Reply-To",
    "Mail-Followup-To",
    "Disposition-Notification-To",
)
RECIPIENTS = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc", "Apparently-To")
OTHERS = ("Subject: joe@host", "X-Mailer: bob", "Return-Path: <x@host>", "Content-Length: 7")


# As only some programs write them. Left out is what we leave as it is, and Postfix turns about: a
# comment in front of an address, words behind one in angles, quotes without end.
ODD_BOXES = ("undisclosed-recipients:;", "bob @ host", "bob (x) (y)")
ODD_BOXES += ("a@host b@host", '"a"."b"@host', "bob@[127.0.0.1]", "bob%host@mail.example.com")
ODD_BOXES += ("host!bob", "Joe <>", "bob@host,,joe@host", ", bob")
ODD_BOXES += ("joe@host.", "J. Doe <joe>", "joe@host (un(closed)")


class Messages:
    """The same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def made(self, count: int) -> list[Sample]:
        return [self._one() for _ in range(count)]

    def _one(self) -> Sample:
        recipients = [self._bare() for _ in range(self._random.randint(1, 4))]
        fields = self._random.sample(SENDERS, self._random.randint(0, 4))
        fields += self._random.sample(RECIPIENTS, self._random.randint(0, 4))
        header = [f"{name}: {self._body(name)}" for name in fields]
        header += self._random.sample(OTHERS, 2)
        self._random.shuffle(header)
        sender = self._bare() if self._random.random() < 0.9 else ""
        return Sample(sender, tuple(recipients), tuple(header), self._random.random() < 0.7)

    def _bare(self) -> str:
        user = self._random.choice(USERS)
        return user if self._random.random() < 0.2 else f"{user}@{self._random.choice(DOMAINS)}"

    def _written(self) -> str:
        """As it stands in a header."""
        local, at, domain = self._bare().partition("@")
        return (f'"{local}"' if " " in local else local) + at + domain

    def _box(self) -> str:
        address = self._written()
        kind = self._random.random()
        if kind < 0.4:
            return address
        if kind < 0.7:
            return f"{self._random.choice(NAMES)} <{address}>"
        if kind < 0.8:
            return f"{address} (a comment)"
        if kind < 0.9:
            return f"<@route.example:{address}>"
        if kind < 0.95:
            return f"friends: {address}, {self._written()};"
        return self._random.choice(ODD_BOXES)

    def _body(self, name: str) -> str:
        several = 1 if "From" in name or "ender" in name else self._random.randint(1, 3)
        return self._random.choice((", ", ",\n  ")).join(self._box() for _ in range(several))
