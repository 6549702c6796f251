"""All restrictions by name, and how a list in main.cf becomes one that can be applied."""

from collections.abc import Awaitable, Callable, Iterator
from functools import cache, partial
from typing import NamedTuple

from postroom.config.policy_services import RESTRICTION
from postroom.config.restriction_classes import MAX_DEPTH, Classes
from postroom.reception.smtpd.access import (
    address_rules,
    backup_rules,
    client_rules,
    destination_rules,
    dns_lists,
    existence,
    general,
    helo_rules,
    login_rules,
    server_rules,
    verified_addresses,
)
from postroom.reception.smtpd.access.actions import act, is_permission
from postroom.reception.smtpd.access.evaluation import Restriction, evaluate, log_permission
from postroom.reception.smtpd.access.policy_attributes import policy_attributes
from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.tables import AccessTable
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Misconfigured, Verdict
from postroom.tables.match_list import is_table

_Judge = Callable[[Request], Awaitable[Verdict]]
_Search = Callable[[AccessTable, Request], Awaitable[str | None]]
_WARN = "warn_if_reject"

SIMPLE: dict[str, _Judge] = {
    "permit": general.permit,
    "reject": general.reject,
    "defer": general.defer,
    "defer_if_permit": general.defer_if_permit,
    "defer_if_reject": general.defer_if_reject,
    "permit_mynetworks": general.permit_mynetworks,
    "permit_inet_interfaces": general.permit_inet_interfaces,
    "permit_sasl_authenticated": general.permit_sasl_authenticated,
    "permit_tls_clientcerts": login_rules.permit_tls_clientcerts,
    "permit_tls_all_clientcerts": login_rules.permit_tls_all_clientcerts,
    "reject_plaintext_session": login_rules.reject_plaintext_session,
    "reject_sender_login_mismatch": login_rules.reject_sender_login_mismatch,
    "reject_authenticated_sender_login_mismatch": (
        login_rules.reject_authenticated_sender_login_mismatch
    ),
    "reject_known_sender_login_mismatch": login_rules.reject_known_sender_login_mismatch,
    "reject_unauthenticated_sender_login_mismatch": (
        login_rules.reject_unauthenticated_sender_login_mismatch
    ),
    "reject_unauth_pipelining": general.reject_unauth_pipelining,
    "reject_multi_recipient_bounce": general.reject_multi_recipient_bounce,
    "reject_unknown_client_hostname": client_rules.reject_unknown_client_hostname,
    "reject_unknown_client": client_rules.reject_unknown_client_hostname,
    "reject_unknown_reverse_client_hostname": client_rules.reject_unknown_reverse_client_hostname,
    "reject_invalid_helo_hostname": helo_rules.reject_invalid_helo_hostname,
    "reject_invalid_hostname": helo_rules.reject_invalid_helo_hostname,
    "reject_non_fqdn_helo_hostname": helo_rules.reject_non_fqdn_helo_hostname,
    "reject_non_fqdn_hostname": helo_rules.reject_non_fqdn_helo_hostname,
    "reject_unknown_helo_hostname": helo_rules.reject_unknown_helo_hostname,
    "reject_unknown_hostname": helo_rules.reject_unknown_helo_hostname,
    "reject_non_fqdn_sender": address_rules.reject_non_fqdn_sender,
    "reject_non_fqdn_recipient": address_rules.reject_non_fqdn_recipient,
    "reject_unknown_sender_domain": address_rules.reject_unknown_sender_domain,
    "reject_unknown_address": address_rules.reject_unknown_sender_domain,
    "reject_unknown_recipient_domain": address_rules.reject_unknown_recipient_domain,
    "permit_auth_destination": destination_rules.permit_auth_destination,
    "permit_mx_backup": backup_rules.permit_mx_backup,
    "reject_unauth_destination": destination_rules.reject_unauth_destination,
    "defer_unauth_destination": destination_rules.defer_unauth_destination,
    "reject_unlisted_recipient": existence.reject_unlisted_recipient,
    "check_recipient_maps": existence.reject_unlisted_recipient,
    "reject_unlisted_sender": existence.reject_unlisted_sender,
    "reject_unverified_recipient": verified_addresses.reject_unverified_recipient,
    "reject_unverified_sender": verified_addresses.reject_unverified_sender,
}
_SEARCHES: dict[str, tuple[Subject, _Search]] = {
    "check_client_access": (Subject.CLIENT, AccessTable.client),
    "check_reverse_client_hostname_access": (Subject.CLIENT, AccessTable.reverse_client),
    "check_helo_access": (Subject.HELO, AccessTable.helo),
    "check_sender_access": (Subject.SENDER, AccessTable.sender),
    "check_recipient_access": (Subject.RECIPIENT, AccessTable.recipient),
    "check_etrn_access": (Subject.ETRN, AccessTable.site),
    "check_sasl_access": (Subject.CLIENT, AccessTable.login),
    "check_ccert_access": (Subject.CLIENT, AccessTable.certificate),
}
# With the name of a DNS list: what is looked up in it, and what a reply calls that.
_REJECTING_LISTS: dict[str, tuple[dns_lists.Subject, str]] = {
    "reject_rbl_client": (dns_lists.client_address, "Client host"),
    "reject_rhsbl_client": (dns_lists.client_name, "Client host"),
    "reject_rhsbl_reverse_client": (dns_lists.reverse_client_name, "Unverified Client host"),
    "reject_rhsbl_helo": (dns_lists.helo_name, "Helo command"),
    "reject_rhsbl_sender": (dns_lists.sender_domain, "Sender address"),
    "reject_rhsbl_recipient": (dns_lists.recipient_domain, "Recipient address"),
}
_PERMITTING_LISTS: dict[str, dns_lists.Subject] = {
    "permit_dnswl_client": dns_lists.client_address,
    "permit_rhswl_client": dns_lists.client_name,
}
_WITH_ARGUMENT = frozenset(
    {
        *_SEARCHES,
        *server_rules.SEARCHES,
        *_REJECTING_LISTS,
        *_PERMITTING_LISTS,
        "sleep",
        RESTRICTION,
    }
)
# A table alone, as in ``smtpd_client_restrictions = hash:/etc/postroom/access``.
_IMPLIED = {subject: name for name, (subject, _) in reversed(_SEARCHES.items())}


def read_list(
    words: tuple[str, ...], subject: Subject, classes: Classes
) -> tuple[Restriction, ...]:
    """The restrictions that ``words`` of a parameter name; what is unknown fails when applied."""
    return _Catalogue(classes).read(words, subject)


class _Catalogue(NamedTuple):
    """What names mean where these ``classes`` are defined."""

    classes: Classes

    def read(self, words: tuple[str, ...], subject: Subject) -> tuple[Restriction, ...]:
        return tuple(self._restrictions(iter(words), subject))

    def _restrictions(self, words: Iterator[str], subject: Subject) -> Iterator[Restriction]:
        only_warn = False
        for word in words:
            name = word.lower()
            if name == _WARN:
                only_warn = True
                continue
            judge = self._judge(name, word, words, subject)
            yield Restriction(name, judge, only_warn, self._leads_on(name, word))
            only_warn = False

    def _judge(self, name: str, word: str, words: Iterator[str], subject: Subject) -> _Judge:
        if name in SIMPLE:
            return SIMPLE[name]
        if name in _WITH_ARGUMENT:
            argument = next(words, None)
            if argument is None:
                return _misconfigured(f'restriction "{word}" requires an argument')
            return self._with_argument(name, argument)
        if is_table(word) and subject in _IMPLIED:
            return self._search(_IMPLIED[subject], word)
        if word in self.classes:
            return self._class(self.classes[word])
        return _misconfigured(f'unknown smtpd restriction: "{word}"')

    def _leads_on(self, name: str, word: str) -> bool:
        """Whether a restriction asks a table or another list."""
        if name in SIMPLE:
            return False
        searches = name in _SEARCHES or name in server_rules.SEARCHES or is_table(word)
        return searches or name == RESTRICTION or word in self.classes

    def _with_argument(self, name: str, argument: str) -> _Judge:
        if name in _SEARCHES:
            return self._search(name, argument)
        if name in server_rules.SEARCHES:
            return self._server_search(name, argument)
        if name == RESTRICTION:
            return self._policy(argument)
        try:
            if name == "sleep":
                return general.sleep(argument)
            dns_list = dns_lists.parse_list(argument)
        except Misconfigured as mistake:
            return _misconfigured(str(mistake))
        if name in _REJECTING_LISTS:
            return dns_lists.rejects(dns_list, *_REJECTING_LISTS[name])
        return dns_lists.permits(dns_list, _PERMITTING_LISTS[name])

    def _search(self, name: str, table_name: str) -> _Judge:
        subject, search = _SEARCHES[name]
        table = AccessTable(table_name)

        async def judge(request: Request) -> Verdict:
            value = await search(table, request)
            if value is None:
                return DUNNO
            if is_permission(value) and await _is_dubious(subject, request):
                return DUNNO
            verdict = await self._act(value, subject, request, table_name)
            if verdict is PERMIT and await _is_dubious(subject, request):
                return DUNNO
            return verdict

        return judge

    def _server_search(self, name: str, table_name: str) -> _Judge:
        subject, entries = server_rules.SEARCHES[name]
        table = AccessTable(table_name)

        async def judge(request: Request) -> Verdict:
            async for server, value in entries(table, request):
                verdict = await self._act(value, subject, request, table_name)
                if verdict is PERMIT:
                    raise Misconfigured(f"{name} permits {server}; only DUNNO makes an exception")
                if verdict is not DUNNO:
                    return verdict
            return DUNNO

        return judge

    def _policy(self, server: str) -> _Judge:
        async def judge(request: Request) -> Verdict:
            policies = request.resources.policies
            action = await policies.action(server, policy_attributes(request))
            return await self._act(action, request.subject, request, server)

        return judge

    async def _act(self, value: str, subject: Subject, request: Request, source: str) -> Verdict:
        if request.logs_permissions and is_permission(value):
            await log_permission(request, value.split(maxsplit=1)[0], subject, source)
        around, request.subject = request.subject, subject
        try:
            return await act(value, request, partial(self._named_in_table, source))
        finally:
            request.subject = around

    async def _named_in_table(self, source: str, value: str, request: Request) -> Verdict:
        """A table's value that is a list of restrictions. It cannot name tables, which are to be
        known before there is mail; a class of restrictions can."""
        if ":" in value:
            raise Misconfigured(f"access table {source} has entry with lookup table: {value}")
        words = tuple(value.replace(",", " ").split())
        return await _evaluate(self.read(words, request.subject), request)

    def _class(self, words: tuple[str, ...]) -> _Judge:
        # Read when it is first applied, since it may name itself, and to what it is applied.
        @cache
        def read(subject: Subject) -> tuple[Restriction, ...]:
            return self.read(words, subject)

        async def judge(request: Request) -> Verdict:
            return await _evaluate(read(request.subject), request)

        return judge


async def _evaluate(restrictions: tuple[Restriction, ...], request: Request) -> Verdict:
    """A list within a list."""
    request.depth += 1
    if request.depth > MAX_DEPTH:
        names = " ".join(one.name for one in restrictions)
        raise Misconfigured(f"restrictions refer to each other without end: {names}")
    try:
        return await evaluate(restrictions, request)
    finally:
        request.depth -= 1


async def _is_dubious(subject: Subject, request: Request) -> bool:
    """Whether what a table permits may be for another host (access(5)): a recipient through whom
    we would be a relay (main.cf: allow_untrusted_routing)."""
    if subject is not Subject.RECIPIENT or not request.recipient:
        return False
    return await request.resources.destinations.is_dubious(request.recipient)


def _misconfigured(text: str) -> _Judge:
    async def judge(_: Request) -> Verdict:
        raise Misconfigured(text)

    return judge
