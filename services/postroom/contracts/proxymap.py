"""Socket ``proxymap``: look a key up in a table on behalf of a component without files.

Called by smtpd, cleanup, trivial-rewrite, smtp. Only tables that the configuration names
(``proxy_read_maps`` and the tables the generator found in the callers' settings) are served.
"""

from typing import Annotated

from msgspec import Meta

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Value

Key = Annotated[str, Meta(max_length=2048)]


class Found(Value, frozen=True, tag="found"):
    value: Annotated[str, Meta(max_length=200_000)]


class NotFound(Value, frozen=True, tag="not-found"):
    """The table is readable and has no such key."""


class TryAgain(Value, frozen=True, tag="try-again"):
    """The table cannot be read or its server is away: defer, never bounce."""

    reason: Annotated[str, Meta(max_length=4096)]


class Lookup(Question[Found | NotFound | TryAgain], frozen=True, tag="lookup"):
    """The value of ``key`` in ``table`` (``type:name``, as written in main.cf)."""

    table: Key
    key: Key


CONTRACT = Contract("proxymap", Lookup)
