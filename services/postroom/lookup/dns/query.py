"""One question as a packet, and whether a packet is its answer (RFC 5452 section 9)."""

import re
import secrets

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype

# What passes any path without fragments (RFC 9715); larger answers come by TCP.
UDP_SIZE = 1232
# Characters that no host name has and that a parser of zone files would act upon.
_NO_NAME = re.compile(r"[\x00-,/:-@\[-^`{-\x7f]")


class BadName(ValueError):
    """The text cannot be a domain name, so it does not exist."""


class Query:
    """A question with an id nobody can guess; AD is asked for (RFC 6840 section 5.7)."""

    def __init__(self, name: str, kind: str, *, edns: bool = True) -> None:
        if _NO_NAME.search(name):
            raise BadName("not a host name")
        try:
            self.name = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise BadName(str(error)) from None
        self.edns = edns
        self._text = name
        self.kind = dns.rdatatype.from_text(kind)
        self._message = dns.message.make_query(
            self.name, self.kind, use_edns=0 if edns else -1, payload=UDP_SIZE
        )
        self._message.id = secrets.randbits(16)
        self._message.flags |= dns.flags.AD
        self.wire = self._message.to_wire()

    def without_edns(self) -> "Query":
        """The same question for a server that does not understand RFC 6891."""
        return Query(self._text, dns.rdatatype.to_text(self.kind), edns=False)

    def read(self, wire: bytes) -> dns.message.Message | None:
        """The answer to this query, or None if the packet is anything else."""
        try:
            message = dns.message.from_wire(wire, ignore_trailing=True, continue_on_error=True)
        except Exception:  # Whatever a hostile packet does to the parser, it is no answer.
            return None
        mine = (
            message.id == self._message.id
            and message.flags & dns.flags.QR
            and message.opcode() == self._message.opcode()
            and self._asks_the_same(message)
        )
        return message if mine else None

    def _asks_the_same(self, message: dns.message.Message) -> bool:
        if len(message.question) != 1:
            return False
        (question,) = message.question
        return (
            question.name == self.name
            and question.rdtype == self.kind
            and question.rdclass == dns.rdataclass.IN
        )
