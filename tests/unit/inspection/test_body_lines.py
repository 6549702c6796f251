"""Lines of bodies, long ones in pieces, and what is left when nobody looks any more."""

import asyncio

import pytest

from postroom.inspection.body_lines import BodyLines, Change

DROP = Change(b"", keep=False)
SHORT = Change(b".new\r\n", keep=False)
BEFORE = Change(b".new\r\n", keep=True)


def checked(
    text: bytes, changes: dict[bytes, Change], *, size: int = 0, step: int = 1000
) -> tuple[bytes, list[bytes]]:
    """The body as it is to be, and what was looked at; lines of more than 4 bytes in pieces."""
    seen: list[bytes] = []

    async def look(line: bytes) -> Change | None:
        seen.append(line)
        return changes.get(line)

    async def check() -> bytes:
        lines = BodyLines(size, 4, look)
        out = [
            await lines.check(text[at : at + step], fresh=not at, asking=True)
            for at in range(0, len(text), step)
        ]
        return b"".join([*out, await lines.finish(asking=True)])

    return asyncio.run(check()), seen


@pytest.mark.parametrize("step", [1, 2, 5, 1000])
@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        (b"ab\r\n\r\n..c\r\n", {}, b"ab\r\n\r\n..c\r\n"),
        (b"ab\r\n..c\r\n", {b".c": SHORT}, b"ab\r\n..new\r\n"),
        (b"ab\r\n..c\r\n", {b".c": BEFORE}, b"ab\r\n..new\r\n..c\r\n"),
        (b"ab\r\n..c\r\n", {b"ab": DROP}, b"..c\r\n"),
        (b"abcd.fgh\r\nx\r\n", {b"abcd": DROP}, b"..fgh\r\nx\r\n"),
        (b"abcd.fgh\r\nx\r\n", {b".fgh": DROP}, b"abcd\r\nx\r\n"),
        (b"abcd.fgh\r\nx\r\n", {b".fgh": SHORT}, b"abcd.new\r\nx\r\n"),
        (b"abcd.fgh\r\nx\r\n", {b".fgh": BEFORE}, b"abcd\r\n..new\r\n..fgh\r\nx\r\n"),
        (b"abcd.fgh.jk\r\n", {b"abcd": DROP, b".fgh": DROP}, b"..jk\r\n"),
    ],
)
def test_lines_begin_and_end_where_they_should(
    text: bytes, changes: dict[bytes, Change], expected: bytes, step: int
) -> None:
    """Above all, no dot may come to stand at the beginning of a line that it does not belong to."""
    assert checked(text, changes, step=step)[0] == expected


def test_a_long_line_is_looked_at_in_pieces_and_empty_ones_are_not() -> None:
    _, seen = checked(b"abcdefghij\r\n\r\n..x\r\n\r\n", {})
    assert seen == [b"abcd", b"efgh", b"ij", b".x"]


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, 7, 1000])
def test_what_nobody_looks_at_stays_as_it_is(step: int) -> None:
    text = b"abcd.f\r\n..y\r\n..z\r\n"
    assert checked(text, {b"abcd": DROP}, size=5, step=step)[0] == b"..f\r\n..y\r\n..z\r\n"
    assert checked(text, {}, size=5, step=step) == (text, [b"abcd"])
