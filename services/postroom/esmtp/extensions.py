"""The extensions a server offers (RFC 5321 section 2.2): what EHLO says and what is obeyed."""

from collections.abc import Collection

from msgspec import Struct

# XCLIENT_README, XFORWARD_README: the attributes that are understood.
_XCLIENT = "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT"
_XFORWARD = "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT"


class Extensions(Struct, frozen=True):
    """``size_limit`` in bytes, 0 for none. ``strict`` allows RFC 5321's address forms only;
    ``strict_utf8`` wants SMTPUTF8 declared where an address is beyond ASCII, as a domain always
    does; ``dash_first`` allows addresses that a command could take for an option, and
    ``numeric_domain`` those at an IP address without brackets.

    ``mechanisms`` are those of AUTH (RFC 4954), said a second time in the form that some clients
    wait for if ``auth_with_equals`` (main.cf: broken_sasl_auth_clients).

    ``verp_delimiters`` are those of plain XVERP (VERP_README), empty where nobody may ask for it,
    ``verp_filter`` the characters that a client may name; ``xverp`` says whether it is told.

    ``xclient_allowed`` and ``xforward_allowed`` are for clients that may speak for others,
    ``xclient`` and ``xforward`` say whether they are told.
    """

    size: bool = True
    size_limit: int = 0
    pipelining: bool = True
    vrfy: bool = True
    etrn: bool = True
    starttls: bool = False
    mechanisms: tuple[str, ...] = ()
    auth_with_equals: bool = False
    xverp: bool = True
    verp_delimiters: str = ""
    verp_filter: str = ""
    xclient: bool = True
    xclient_allowed: bool = False
    xforward: bool = True
    xforward_allowed: bool = False
    enhanced_status_codes: bool = True
    eight_bit_mime: bool = True
    dsn: bool = True
    smtputf8: bool = True
    chunking: bool = True
    strict: bool = False
    strict_utf8: bool = False
    dash_first: bool = False
    numeric_domain: bool = False

    @property
    def keywords(self) -> tuple[str, ...]:
        """The lines of an EHLO reply behind the first, in Postfix's order."""
        mechanisms = " ".join(self.mechanisms)
        offered = (
            (self.pipelining, "PIPELINING"),
            (self.size, f"SIZE {self.size_limit}" if self.size_limit else "SIZE"),
            (self.vrfy, "VRFY"),
            (self.etrn, "ETRN"),
            (self.starttls, "STARTTLS"),
            (bool(mechanisms), f"AUTH {mechanisms}"),
            (bool(mechanisms) and self.auth_with_equals, f"AUTH={mechanisms}"),
            (bool(self.verp_delimiters) and self.xverp, "XVERP"),
            (self.xclient_allowed and self.xclient, _XCLIENT),
            (self.xforward_allowed and self.xforward, _XFORWARD),
            (self.enhanced_status_codes, "ENHANCEDSTATUSCODES"),
            (self.eight_bit_mime, "8BITMIME"),
            (self.dsn, "DSN"),
            (self.smtputf8, "SMTPUTF8"),
            (self.chunking, "CHUNKING"),
        )
        return tuple(text for on, text in offered if on)


_FIELDS = {
    "pipelining": "pipelining",
    "size": "size",
    "vrfy": "vrfy",
    "etrn": "etrn",
    "verp": "xverp",
    "xclient": "xclient",
    "xforward": "xforward",
    "enhancedstatuscodes": "enhanced_status_codes",
    "8bitmime": "eight_bit_mime",
    "dsn": "dsn",
    "smtputf8": "smtputf8",
    "chunking": "chunking",
}


def switched_off(keywords: Collection[str]) -> dict[str, bool]:
    """Arguments of ``Extensions`` that turn EHLO keywords off (any case; unknown: ignored)."""
    return {_FIELDS[word.lower()]: False for word in keywords if word.lower() in _FIELDS}
