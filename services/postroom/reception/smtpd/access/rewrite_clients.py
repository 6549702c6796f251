"""Whose headers are completed like those of our own users (main.cf: local_header_rewrite_clients).

That is no list of restrictions, though it has some of their names: a client is in it or not, and
of a table only that it has the client's address counts, not what it has for that.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from postroom.reception.smtpd.access import general, login_rules
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import PERMIT, Verdict
from postroom.tables.match_list import is_table

KNOWN: Final[dict[str, Callable[[Request], Awaitable[Verdict]]]] = {
    "permit_inet_interfaces": general.permit_inet_interfaces,
    "permit_mynetworks": general.permit_mynetworks,
    "permit_sasl_authenticated": general.permit_sasl_authenticated,
    "permit_tls_all_clientcerts": login_rules.permit_tls_all_clientcerts,
    "permit_tls_clientcerts": login_rules.permit_tls_clientcerts,
}


async def is_among(words: Sequence[str], request: Request) -> bool:
    """Whether ``words`` name the client; raises LookupFailed. ``check_address_map`` says only that
    a table follows."""
    for word in words:
        if is_table(word):
            if await request.resources.tables.find(word, request.client.address) is not None:
                return True
        elif (judge := KNOWN.get(word.lower())) and await judge(request) is PERMIT:
            return True
    return False
