"""TLSA records (RFC 6698, DANE): a domain says by DNSSEC which certificates are its servers'."""

import hashlib
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from postroom.tls.certificate import public_key_of
from postroom.tls.trust import distrust

# RFC 7218 section 2.1. Usages 0 and 1 are not for mail (RFC 7672 section 3.1.3).
TRUST_ANCHOR, END_ENTITY = 2, 3
# An authority can be found in what the server shows only if Python shows us all of it (3.13).
SEES_CHAINS = hasattr(ssl.SSLObject, "get_unverified_chain")
_SELECTORS: Mapping[int, Callable[[bytes], bytes]] = {0: bytes, 1: public_key_of}
_MATCHINGS: Mapping[int, Callable[[bytes], bytes]] = {
    0: bytes,
    1: lambda data: hashlib.sha256(data).digest(),
    2: lambda data: hashlib.sha512(data).digest(),
}


class Tlsa(NamedTuple):
    """``data`` is a certificate, a public key, or a digest of one of them."""

    usage: int
    selector: int
    matching: int
    data: bytes

    @property
    def usable(self) -> bool:
        usages = (TRUST_ANCHOR, END_ENTITY) if SEES_CHAINS else (END_ENTITY,)
        known = self.selector in _SELECTORS and self.matching in _MATCHINGS
        return self.usage in usages and known and bool(self.data)

    def is_of(self, certificate: bytes) -> bool:
        """Whether the record, a usable one, is of this certificate."""
        return _MATCHINGS[self.matching](_SELECTORS[self.selector](certificate)) == self.data


def parse_tlsa(text: str) -> Tlsa:
    """``3 1 1 0123…``; raises ValueError."""
    usage, selector, matching, data = text.split(" ")
    return Tlsa(int(usage), int(selector), int(matching), bytes.fromhex(data))


def names_itself(chain: Sequence[bytes], records: Sequence[Tlsa]) -> bool:
    """Whether a record is of the server's own certificate: no name and no date matters then."""
    return any(one.usage == END_ENTITY and one.is_of(chain[0]) for one in records if chain)


def is_vouched_for(chain: Sequence[bytes], records: Sequence[Tlsa], names: Sequence[str]) -> bool:
    """Whether a record is of an authority in the chain, which leads there from one of ``names``."""
    return any(
        not distrust(chain, anchor=above, name=name)
        for one in records
        for above in chain[1:]
        for name in names
        if one.usage == TRUST_ANCHOR and one.is_of(above)
    )
