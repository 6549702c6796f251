"""Socket ``proxymap``: look a key up in a table on behalf of a component without files.

Called by smtpd, cleanup, trivial-rewrite, smtp. Only tables that the configuration names
(``proxy_read_maps`` and the tables the generator found in the callers' settings) are served.
"""

from typing import Annotated

from msgspec import Meta

from postroom.ipc.contract import Contract, Question
from postroom.mail.envelope import Value

# Of one question, and the characters of all its keys, or of all values in its answer: frames are
# bounded.
MAX_KEYS = 1000
MAX_CHARACTERS = 200_000
Key = Annotated[str, Meta(max_length=2048)]


Text = Annotated[str, Meta(max_length=MAX_CHARACTERS)]


class Found(Value, frozen=True, tag="found"):
    value: Text


class FoundEach(Value, frozen=True, tag="found-each"):
    """What the table has for the first keys, one or more of them; None where it has nothing."""

    values: Annotated[tuple[Text | None, ...], Meta(min_length=1, max_length=MAX_KEYS)]


class NotFound(Value, frozen=True, tag="not-found"):
    """The table is readable and has no such key."""


class TryAgain(Value, frozen=True, tag="try-again"):
    """The table cannot be read or its server is away: defer, never bounce."""

    reason: Annotated[str, Meta(max_length=4096)]


class Lookup(Question[Found | NotFound | TryAgain], frozen=True, tag="lookup"):
    """The value of ``key`` in ``table`` (``type:name``, as written in main.cf)."""

    table: Key
    key: Key


class LookupEach(Question[FoundEach | TryAgain], frozen=True, tag="lookup-each"):
    """The values of many keys; those that the answer leaves out may be asked for again."""

    table: Key
    keys: Annotated[tuple[Key, ...], Meta(min_length=1, max_length=MAX_KEYS)]


CONTRACT = Contract("proxymap", Lookup, LookupEach)
