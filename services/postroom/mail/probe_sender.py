"""The sender of probes, which may change with the time (postconf(5), address_verify_sender_ttl).

Whoever collects such an address to send to it later has something that is no address any more.
"""

from typing import NamedTuple

from postroom.mail.address import completed, split_address

NOBODY = "<>"
# Digits of the number of a period: none that could spell a word.
_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
# Clocks differ, and a probe may be under way when a period ends.
_NEIGHBOURS = (-1, 0, 1)


class ProbeSender(NamedTuple):
    """``address`` is empty for the null sender; ``ttl``: seconds, 0 for an address that stays."""

    address: str
    ttl: float = 0

    @classmethod
    def of(cls, address: str, origin: str, ttl: float) -> "ProbeSender":
        """As main.cf has it: ``address`` may be ``<>``, and lacks its domain often."""
        if address in ("", NOBODY):
            return cls("")
        return cls(completed(address, origin), ttl)

    def at(self, now: float) -> str:
        """The address in the period that ``now`` (seconds since 1970) is in."""
        if not self.address or not self.ttl:
            return self.address
        local, domain = split_address(self.address)
        return f"{local}{_number(int(now // self.ttl))}@{domain}"

    def is_meant_by(self, address: str, now: float) -> bool:
        """Whether ``address`` is the sender of probes of this period or of one next to it."""
        if not self.address or not self.ttl:
            return False
        local, domain = split_address(address)
        base, home = split_address(self.address)
        if domain.lower() != home.lower() or local[: len(base)].lower() != base.lower():
            return False
        period = int(now // self.ttl)
        return local[len(base) :] in {_number(period + one) for one in _NEIGHBOURS}


def _number(value: int) -> str:
    digits = ""
    while value > 0:
        value, digit = divmod(value, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or _DIGITS[0]
