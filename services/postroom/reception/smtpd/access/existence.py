"""Whether an address in one of our domains exists (LOCAL_RECIPIENT_README)."""

import re
from typing import NamedTuple

from postroom.contracts.rewrite import AddressClass, Route
from postroom.mail.address import split_address
from postroom.reception.smtpd.access.address_status import status_about
from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict, refused
from postroom.reception.smtpd.settings import Settings

# The enhanced status in front of a reason (transport(5), error(8)).
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
# Transports that deliver nothing (error(8)), and what a client is told at once in their place.
_CODES = {"error": 550, "retry": 450}
# RFC 5321 section 4.5.1, RFC 2142: never asked for in a table.
_ALWAYS_THERE = frozenset({"postmaster", "mailer-daemon"})


class _Register(NamedTuple):
    """Where the addresses of a class are listed; no tables: every address exists."""

    tables: tuple[str, ...]
    code: int
    name: str


async def reject_unlisted_recipient(request: Request) -> Verdict:
    recipient = request.recipient
    if recipient is None or request.recipient_checked or _is_left_out(request.settings):
        return DUNNO
    request.recipient_checked = True
    key = request.resources.destinations.key(recipient, request.sender)
    known = request.resources.recipients.get(key)
    if known is None:
        canonical = request.settings.recipient_canonical_maps
        known = await _listed(request, recipient, Subject.RECIPIENT, canonical, "5.1.1")
        request.resources.recipients.put(key, known)
    return known


async def reject_unlisted_sender(request: Request) -> Verdict:
    if not request.sender or _is_left_out(request.settings):
        return DUNNO
    return await _listed(
        request, request.sender, Subject.SENDER, request.settings.sender_canonical_maps, "5.1.0"
    )


def _is_left_out(settings: Settings) -> bool:
    """Whether what comes here was looked up before it went to a content filter."""
    return "no_unknown_recipient_checks" in settings.receive_override_options


def _is_always_there(address: str, settings: Settings) -> bool:
    """Mail to double_bounce_sender is taken, too, and goes no further (trivial-rewrite(8))."""
    name = split_address(address)[0].lower()
    return name in _ALWAYS_THERE or name == settings.double_bounce_sender.lower()


async def _listed(
    request: Request, address: str, subject: Subject, canonical: tuple[str, ...], status: str
) -> Verdict:
    settings, resources = request.settings, request.resources
    # What is written to a sender would be a bounce, and have none itself.
    sender = request.sender if subject is Subject.RECIPIENT else None
    route = await resources.destinations.route(address, sender)
    register = _register(settings, route.address_class)
    local = route.address_class is AddressClass.LOCAL
    undeliverable = route.transport in _CODES
    if register is None and not undeliverable:
        return DUNNO
    if local and _is_always_there(route.recipient, settings):
        return DUNNO
    mapped = (canonical, settings.canonical_maps, settings.virtual_alias_maps)
    for tables in mapped if undeliverable or register is None else (*mapped, register.tables):
        found = await resources.tables.find_address(
            tables, route.recipient, settings.extensions, local=local
        )
        if found is not None:
            return DUNNO
    rejected = f"<{address}>: {subject.value} rejected:"
    if undeliverable:
        given, reason = _reason(route, status)
        code = _code(settings, route)
        return refused(code, status_about(subject, given, resources.log), f"{rejected} {reason}")
    assert register is not None
    table = f" in {register.name} table" if settings.show_user_unknown_table_name else ""
    return refused(register.code, status, f"{rejected} User unknown{table}")


def _reason(route: Route, status: str) -> tuple[str, str]:
    """What error(8) would say of the mail: relocated, or what main.cf or a transport table says;
    ``status`` is for those who give none."""
    first, _, rest = route.nexthop.partition(" ")
    return (first, rest.strip()) if _STATUS.fullmatch(first) else (status, route.nexthop)


def _code(settings: Settings, route: Route) -> int:
    """That of the transport, whatever class its reason has; aliases have one of their own."""
    if route.transport == "error" and route.address_class is AddressClass.VIRTUAL_ALIAS:
        return settings.unknown_virtual_alias_reject_code
    return _CODES[route.transport]


def _register(settings: Settings, address_class: AddressClass) -> _Register | None:
    """The register of a class; None if we cannot know who exists."""
    if address_class is AddressClass.VIRTUAL_ALIAS:
        code = settings.unknown_virtual_alias_reject_code
        return _Register((), code, "virtual alias")
    register = {
        AddressClass.LOCAL: _Register(
            settings.local_recipient_maps,
            settings.unknown_local_recipient_reject_code,
            "local recipient",
        ),
        AddressClass.VIRTUAL_MAILBOX: _Register(
            settings.virtual_mailbox_maps,
            settings.unknown_virtual_mailbox_reject_code,
            "virtual mailbox",
        ),
        AddressClass.RELAY: _Register(
            settings.relay_recipient_maps,
            settings.unknown_relay_recipient_reject_code,
            "relay recipient",
        ),
    }.get(address_class)
    return register if register is not None and register.tables else None
