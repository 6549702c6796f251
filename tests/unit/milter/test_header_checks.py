"""Fields that filters write, looked at by tables."""

import asyncio
from typing import Any

import pytest

from postroom.contracts.milter import Hit
from postroom.milter.fields import Fields, split_field
from postroom.milter.header_checks import Checking, HeaderChecks
from postroom.milter.passage import Passage
from postroom.milter.protocol.answers import AddHeader, ChangeHeader
from postroom.tables.opening import open_directly

RULES = (
    "/^A: ignore/ IGNORE",
    "/^A: strip/ STRIP",
    "/^A: replace/ REPLACE B: new",
    "/^A: bad/ REPLACE x",
    "/^A: before/ PREPEND C: d",
    "/^A: no/ REJECT",
    "/^A: gone/ DISCARD",
    "/^A: to/ REDIRECT x@y",
    "/^A: warn/ WARN",
)
TABLE = f"regexp:{{{' '.join(f'{{{rule}}}' for rule in RULES)}}}"
OLD = b"A: old\r\nZ: z\r\n"


def checking(*tables: str) -> Checking:
    return HeaderChecks(tables or (TABLE,), open_directly).begin()


class Trusted:
    """A filter whose values begin behind the colon's space."""

    leading_space = False


def changed(*changes: AddHeader | ChangeHeader, check: Checking | None = None) -> Passage:
    passage = Passage(OLD, None, check or checking())  # type: ignore[arg-type]

    async def change() -> None:
        for one in changes:
            if not passage._checking.decided:
                await passage._change_header(one, Trusted())  # type: ignore[arg-type]

    asyncio.run(change())
    return passage


def header(passage: Passage) -> Any:
    return passage.result()[0].header  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "added", "in_place"),
    [
        (b"ignore", b"", b"A: old"),
        (b"strip", b"", b"A: old"),
        (b"replace", b"B: new\r\n", b"B: new"),
        (b"bad", b"A: bad\r\n", b"A: bad"),
        (b"before", b"A: before\r\n", b"A: before"),
        (b"warn", b"A: warn\r\n", b"A: warn"),
        (b"else", b"A: else\r\n", b"A: else"),
    ],
)
def test_a_field_becomes_what_the_table_makes_of_it(
    value: bytes, added: bytes, in_place: bytes
) -> None:
    """As in Postfix, where what replaces another field is not written at all if it is unwanted."""
    assert (header(changed(AddHeader(b"A", value))) or OLD) == OLD + added
    replaced = header(changed(ChangeHeader(1, b"A", value))) or OLD
    assert replaced == in_place + b"\r\nZ: z\r\n"
    if added:
        assert changed(AddHeader(b"A", value, 0)).result()[0].above == added  # type: ignore[union-attr]


def test_what_filters_leave_or_remove_is_nobodys_business() -> None:
    passage = changed(ChangeHeader(1, b"A", b""))
    assert header(passage) == b"Z: z\r\n"
    assert passage.hits == ()


def test_tables_see_whole_fields() -> None:
    check = checking(r"pcre:{{/^X: a\n\tb$/ WARN} {/^Y:/ WARN}}")
    passage = changed(AddHeader(b"X", b"a\n\tb"), AddHeader(b"Y", b"y" * 5000), check=check)
    one, two = passage.hits
    assert one == Hit("X: a\n\tb", "WARN")
    assert two.text == "Y: " + "y" * 2045


@pytest.mark.parametrize("last", [b"no", b"gone", b"to"])
def test_behind_a_decision_no_table_is_asked(last: bytes) -> None:
    passage = changed(AddHeader(b"A", b"warn"), AddHeader(b"A", last), AddHeader(b"A", b"warn"))
    assert [hit.text for hit in passage.hits] == ["A: warn", f"A: {last.decode()}"]
    assert passage.decided == (last != b"to")


def test_a_table_that_cannot_be_read_lets_nothing_pass() -> None:
    passage = changed(AddHeader(b"A", b"x"), check=checking("fail:x"))
    with pytest.raises(Exception, match="fail"):
        _ = passage.decided


def test_places_count_our_own_received() -> None:
    fields = Fields(OLD)
    for name, above in ((b"T", 0), (b"S", 1), (b"U", 3), (b"V", 4)):
        fields.apply(AddHeader(name, b"", above), (name, b""))
    assert fields.above == b"T:\r\nS:\r\n"
    assert fields.wire == b"U:\r\nV:\r\n" + OLD


def test_a_table_may_write_a_field_of_several_lines() -> None:
    assert split_field("A : b\nc\n d") == (b"A", b" b\r\n\tc\r\n d")
