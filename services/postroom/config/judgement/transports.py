"""Services of master.cf's that are named and not there: their mail would wait for ever."""

from collections.abc import Iterator

from postroom.config.judgement.written import written_or_default
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem

_ALWAYS = ("default_transport", "local_transport")
_WHERE_SET = (
    *("relay_transport", "virtual_transport", "mailbox_transport", "fallback_transport"),
    *("address_verify_default_transport", "address_verify_local_transport"),
    *("address_verify_relay_transport", "address_verify_virtual_transport"),
    *("best_mx_transport", "cleanup_service_name", "content_filter"),
)


def missing_transports(lookup: Lookup) -> Iterator[Problem]:
    for one in written_or_default(lookup, *_ALWAYS, *_WHERE_SET):
        name = lookup.text(one.name, one.overrides).partition(":")[0]
        if not one.line and one.name in _WHERE_SET:
            continue
        if name and name not in lookup.transports:
            yield one.error(f"master.cf has no service {name} of type unix")
