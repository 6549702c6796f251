"""Whatever a message holds and tables say, what comes out is one message in wire form."""

import asyncio
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from postroom.cleanup.wire_form import check
from postroom.esmtp.wire_form import WireEncoder
from postroom.inspection.checks import Checks, Named, checks
from postroom.inspection.edits import DROP, KEEP, Edit, Hit, edit
from postroom.inspection.inspector import Inspector, Rules
from postroom.mail.header import scan
from postroom.mail.mime import Flaw, Limits
from postroom.tables import Maps
from postroom.tables.table import Table

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                b"--A",
                b"--A--",
                b"--",
                b"-",
                b".",
                b"..",
                b"\r",
                b"\n",
                b"\n",
                b"\r\n",
                b" ",
                b"x: y",
            ),
            *(b"Content-Type: multipart/x; boundary=A\n", b"Content-Type: message/rfc822\n"),
            *(b"X" * 40, b"X" * 30, b"X" * 29, b"\xff", b"\xc3\xa4", b":", b"\t", b"Subject: x\n"),
        ]
    ),
    max_size=60,
).map(b"".join)
VALUES = st.sampled_from(
    [
        *("", "IGNORE", "PREPEND .", "PREPEND X: y\n.\nz", "REPLACE X: \r\n.\r\n", "REPLACE ."),
        *("REPLACE a\n\n.\nb", "PREPEND A: \udcff\n b", "REPLACE A: b\n.", "WARN", "PREPEND \n"),
    ]
)


class Answers(Table):
    """Says one thing of every key."""

    def __init__(self, value: str) -> None:
        super().__init__("test:answers")
        self._value = value

    def lookup(self, key: str) -> str | None:
        assert key
        return self._value or None


class Obedient:
    """Obeys whatever changes the text."""

    asking = True

    def act(self, hit: Hit) -> Edit:
        return edit(hit, self) or KEEP

    def acted(self, action: str, hit: Hit, text: str) -> None:
        """Nobody listens."""

    def complain(self, text: str) -> None:
        """Nobody listens."""

    def flawed(self, flaw: Flaw, data: bytes) -> None:
        """Nobody minds."""


class Passed(NamedTuple):
    header: bytes
    body: bytes


def tables(*values: str) -> Checks:
    named = Named(*((value,) for value in values))
    return checks(named, open_maps=lambda names: Maps.of(map(Answers, names)))


def passed(content: bytes, found: Checks, size: int) -> Passed:
    rules = Rules(found, Limits(5, 20), header_limit=100, body_limit=200, line_limit=30)

    async def read() -> Passed:
        inspector = Inspector(rules, Obedient())
        starts = range(0, len(content), size)
        body = [await inspector.read(content[at : at + size]) for at in starts]
        body.append(await inspector.finish())
        return Passed(b"".join(field.data for field in inspector.header), b"".join(body))

    return asyncio.run(read())


@given(PIECES, st.tuples(VALUES, VALUES, VALUES, VALUES), st.integers(1, 50))
def test_what_comes_out_is_in_wire_form_and_does_not_depend_on_the_pieces(
    text: bytes, values: tuple[str, str, str, str], size: int
) -> None:
    """A table cannot end the message, its header or a line early."""
    encoder = WireEncoder()
    content = encoder.encode(text) + encoder.finish()
    found = tables(*values)
    whole = passed(content, found, max(len(content), 1))
    assert passed(content, found, size) == whole
    check(whole.header + whole.body)
    assert scan(whole.header).end == len(whole.header)


@given(PIECES, st.integers(1, 50))
def test_what_no_table_knows_stays_byte_for_byte(text: bytes, size: int) -> None:
    encoder = WireEncoder()
    content = encoder.encode(text) + encoder.finish()
    assert b"".join(passed(content, tables("", "", "", ""), size)) == content


def test_a_header_that_is_dropped_leaves_nothing() -> None:
    assert Edit(keep=False) == DROP
    found = tables("IGNORE", "IGNORE", "", "")
    assert passed(b"A: b\r\n c\r\n\r\n", found, 100) == Passed(b"", b"\r\n")
