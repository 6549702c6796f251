"""Addresses as people and programs write them, and as nobody should: made from a seed."""

import random
from collections.abc import Iterator

NAMES = ("joe", "Joe", "bob", "info", "postmaster", "double-bounce", "owner-list", "list-request")
NAMES += ("a.b", "john doe", "grün", "-dash", "x" * 70, ".dot", "dot.", "a..b", "MAILER-DAEMON")
NAMES += ("", "o'neil", 'q"uote', "back\\slash", "com,ma", "semi;colon", "co:lon", "<angle>", "(c)")
NAMES += ("per%cent", "ba!ng", "at@sign", "#hash", "moved", "gone", "box", "ext+ended")
EXTENSIONS = ("+ext", "-ext", "+a+b", "+", "+a-b", "=x", "-", "+Ext")
DOMAINS = (
    "example.com",
    "mail.example.com",
    "localhost",
    "host",
    "EXAMPLE.com",
    "Mail.Example.COM",
)
DOMAINS += (
    "alias.example",
    "mailbox.example",
    "relay.example",
    "sub.relay.example",
    "else.example",
)
DOMAINS += (
    "a.else.example",
    "b.a.else.example",
    "moved.example",
    "sub.example.com",
    "four.example",
)
DOMAINS += ("[192.0.2.1]", "[127.0.0.1]", "[203.0.113.9]", "[IPv6:2001:db8::1]", "[ipv6:::1]")
DOMAINS += (
    "[192.0.2.999]",
    "[2001:db8::1]",
    "192.0.2.1",
    "203.0.113.9",
    "2001:db8::1",
    "[]",
    "[x]",
)
DOMAINS += ("", ".", "..", "a..b", ".lead", "trail.", "trail..", "-dash.example", "dash-.example")
DOMAINS += ("un_der.example", "grün.example", "x y.example", "123", "1.2.3", "a" * 64 + ".example")
DOMAINS += ("host.", "example.com.", "localhost.", "xn--grn-hoa.example", "a.b.c.d.e.f.example")
# What begins or ends a token in RFC 822.
TOKENS = frozenset(',<>()"\\ ')
ODD = "@%!:+-.;"


class Addresses:
    """Addresses in internal form; the same seed gives the same.

    None of them has what no client can say: a route without a name behind it, a domain with
    brackets or quotes within. Names that hold what begins or ends a token are in no routes.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def made(self, count: int) -> Iterator[str]:
        while count:
            address = self._one()
            if _sayable(address):
                count -= 1
                yield address

    def _one(self) -> str:
        kind = self._random.random()
        if kind < 0.5:
            return f"{self._user()}@{self._domain()}"
        if kind < 0.6:
            return self._user()
        if kind < 0.68:
            return f"{self._routed()}%{self._domain()}@{self._domain()}"
        if kind < 0.76:
            return f"{self._domain()}!{self._routed()}@{self._domain()}"
        if kind < 0.82:
            return f"{self._domain()}!{self._domain()}!{self._routed()}"
        if kind < 0.87:
            return f"@{self._hop()},@{self._hop()}:{self._routed()}@{self._domain()}"
        if kind < 0.92:
            return f"{self._routed()}@{self._domain()}@{self._domain()}"
        return f"{self._scrambled(self._routed())}@{self._domain()}"

    def _user(self) -> str:
        name = self._random.choice(NAMES)
        return name + self._random.choice(EXTENSIONS) if self._random.random() < 0.3 else name

    def _routed(self) -> str:
        """A name that stays what it is where Postfix takes the quotes off a route.

        It then reads what was in them as tokens, and puts spaces between some.
        """
        name = self._user()
        while not name or not TOKENS.isdisjoint(name):
            name = self._user()
        return name

    def _domain(self) -> str:
        return self._random.choice(DOMAINS)

    def _hop(self) -> str:
        """A domain where a colon ends it."""
        return self._domain().replace(":", ".")

    def _scrambled(self, text: str) -> str:
        """With a few characters put where they may not belong."""
        for _ in range(self._random.randint(1, 3)):
            at = self._random.randint(0, len(text))
            text = text[:at] + self._random.choice(ODD) + text[at:]
        return text


def _sayable(address: str) -> bool:
    """No client can bring us the others: they could not be written down."""
    return bool(address) and (address[0] != "@" or ":" not in address or "," in address)
