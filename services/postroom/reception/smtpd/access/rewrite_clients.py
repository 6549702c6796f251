"""Whose headers are completed like those of our own users (main.cf: local_header_rewrite_clients).

That is no list of restrictions, though it has some of their names: a client is in it or not, and
of a table only that it has the client's address counts, not what it has for that.
"""

from collections.abc import Sequence
from typing import Final

from postroom.config.restriction_names import REWRITE_CLIENTS
from postroom.reception.smtpd.access.catalogue import SIMPLE
from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import PERMIT
from postroom.tables.match_list import is_table

KNOWN: Final = {name: SIMPLE[name] for name in REWRITE_CLIENTS}


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
