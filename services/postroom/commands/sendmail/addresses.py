"""Addresses on sendmail's command line: written as in a header, with names, comments and lists."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# A word without these is an address as it stands. The parser of headers takes longer to load
# than all else that sendmail does, and hardly any caller writes more than an address.
_SPECIALS = frozenset('()<>[]:;@\\,."\t\r\n ').difference("@.")


def recipients(words: "Iterable[str]") -> tuple[str, ...]:
    """All addresses in all words."""
    return tuple(address for word in words for address in _addresses(word))


def sender(text: str) -> tuple[str, bool]:
    """The address in the argument of -f, or "" if there is none; whether it is the only one."""
    found = _addresses(text)
    return (found[0] if found else ""), len(found) <= 1


def _addresses(text: str) -> list[str]:
    if _SPECIALS.isdisjoint(text):
        return [text]
    from postroom.mail.address_list import mailboxes  # noqa: PLC0415

    return [mailbox.address for mailbox in mailboxes(text)]
