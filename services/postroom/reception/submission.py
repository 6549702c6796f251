"""Judge what a caller asks for: a well-formed envelope, or a reason to refuse it."""

import pwd

import msgspec

from postroom.contracts.postdrop import TOO_BIG, Request
from postroom.mail.address import is_safe
from postroom.mail.envelope import MAX_ADDRESS, Notify
from postroom.reception.extraction import header_recipients
from postroom.spool.maildrop import Drop

# Of an address in a complaint.
_MAX_SHOWN = 60


class Refusal(Exception):
    """The message is not taken; the text starts with an enhanced status code (RFC 3463)."""


def check_size(size: int, limit: int) -> None:
    """Raises Refusal for a message of more than ``limit`` bytes (message_size_limit; 0: none)."""
    if 0 < limit < size:
        raise Refusal(f"{TOO_BIG} message file too big")


def make_drop(request: Request, uid: int, head: bytes, arrival: float) -> Drop:
    """The envelope of a message of user ``uid`` that starts with ``head``; raises Refusal."""
    login, full_name = who(uid)
    addresses = list(request.recipients)
    if request.extract:
        addresses += header_recipients(head)
    if not addresses:
        where = "found in message header" if request.extract else "specified"
        raise Refusal(f"5.1.0 No recipient addresses {where}")
    notify = _notify(request.notify)
    sender = login if request.sender is None else request.sender
    for address in (sender, *addresses):
        _check_address(address)
    try:
        return msgspec.convert(
            (
                sender,
                [(address, "", notify, "") for address in addresses],
                (uid, login, request.full_name[:MAX_ADDRESS] or full_name),
                arrival,
                request.body.upper(),
                request.ret.upper(),
                request.envid,
                request.trace,
                request.gateway,
                request.verp,
            ),
            Drop,
        )
    except msgspec.ValidationError as error:
        raise Refusal(f"5.1.0 Bad envelope: {error}") from None


def who(uid: int) -> tuple[str, str]:
    """Login and full name; a uid without a name (a container's, a removed user's) gets one."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return f"uid{uid}", ""
    # passwd(5): & in the GECOS field stands for the login name.
    full_name = entry.pw_gecos.partition(",")[0].replace("&", entry.pw_name.capitalize())
    return entry.pw_name, full_name[:MAX_ADDRESS]


def _check_address(address: str) -> None:
    """In words for whoever wrote it."""
    if len(address) > MAX_ADDRESS:
        raise Refusal(f"5.1.0 Bad envelope: address too long: {address[:_MAX_SHOWN]}...")
    if not is_safe(address):
        shown = ascii(address[:_MAX_SHOWN])
        raise Refusal(f"5.5.2 characters that no address may have: {shown}")


def _notify(text: str) -> tuple[Notify, ...]:
    """RFC 3461 section 4.1: NEVER alone, or a list of the others."""
    if not text:
        return ()
    try:
        wanted = tuple(Notify(word.strip().upper()) for word in text.split(","))
    except ValueError:
        raise Refusal(f"5.5.4 Bad notification request: {text}") from None
    if Notify.NEVER in wanted and len(wanted) > 1:
        raise Refusal(f"5.5.4 Bad notification request: {text}")
    return wanted
