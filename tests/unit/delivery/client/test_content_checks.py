"""header_checks(5) for mail that goes out; what is expected is what Postfix 3.10 does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from postroom.delivery.client.content_checks import ContentChecks, _opened
from postroom.delivery.client.rules import Rules
from postroom.tables import Maps
from postroom.tables.table import Table
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import Peer

ID = "0123456789AB"


def table(*lines: str) -> tuple[str, ...]:
    return tuple(f"regexp:{{{{{line}}}}}" for line in lines)


def passed(settings: Rules, content: bytes | Path) -> tuple[list[bytes], list[str]]:
    """What the server got, and the log."""
    contents: list[bytes] = []
    lines: list[str] = []

    async def story() -> None:
        field, peer = Field(settings), Peer()
        await sent(field, peer, "b@y.example", content=content)
        contents.extend(peer.contents)
        lines.extend(line.removeprefix(f"{ID}: ") for line in field.journal.lines)

    play(story)
    return contents, lines


CONTENT = (
    b"Subject: s\r\nX-I: i\r\nX-S: s\r\nX-W: w\r\nX-P: p\r\nX-R: r\r\nX-N: n\r\nX-D: d\r\n"
    b"\r\na\r\nc\r\nw\r\nd\r\n..x\r\n"
)
HEADER = table(
    "/^Subject: (.*)/ REPLACE Subject: x$1",
    "/^X-I:/ IGNORE",
    "/^X-S:/ STRIP why",
    "/^X-W:/ WARN warn",
    "/^X-P:/ PREPEND X-Q: new",
    "/^X-R:/ REJECT no",
    "/^X-N:/ REPLACE none",
    "/^X-D:/ DUNNO",
)
BODY = table("/^a/ REPLACE .b", "/^c/ IGNORE", "/^w/ WARN", "/^d/ DISCARD")
EXPECTED = (
    b"Subject: xs\r\nX-W: w\r\nX-Q: new\r\nX-P: p\r\nX-R: r\r\nX-N: n\r\nX-D: d\r\n"
    b"\r\n..b\r\nw\r\nd\r\n..x\r\n"
)
LOG = [
    "replace: header Subject: s: Subject: xs",
    "strip: header X-S: s: why",
    "warning: header X-W: w: warn",
    "prepend: header X-P: p: X-Q: new",
    "warning: unsupported command in smtp_header_checks map: REJECT no",
    'warning: bad REPLACE header text "none" in smtp_header_checks map -- '
    'need "headername: headervalue"',
    "replace: body a: .b",
    "warning: body w",
    "warning: unsupported command in smtp_body_checks map: DISCARD",
]


def test_the_text_is_changed_and_its_way_is_not() -> None:
    contents, log = passed(rules(header_checks=HEADER, body_checks=BODY), CONTENT)
    assert contents == [EXPECTED]
    assert log[:-1] == LOG


def test_a_large_message_is_changed_as_a_small_one(tmp_path: Path) -> None:
    more = b"z" * 70 + b"\r\n"
    path = tmp_path / "large"
    path.write_bytes(CONTENT + more * 5000)
    contents, log = passed(rules(header_checks=HEADER, body_checks=BODY), path)
    assert contents == [EXPECTED + more * 5000]
    assert log[:-1] == LOG


def test_parts_and_messages_within_have_tables_of_their_own() -> None:
    text = (
        b"Content-Type: multipart/x; boundary=A\r\n\r\n--A\r\nX: y\r\n\r\n"
        b"--A\r\nContent-Type: message/rfc822\r\n\r\nX: y\r\n\r\n"
    )
    checks: dict[str, Any] = {
        "mime_header_checks": table("/^X:/ REPLACE X: part"),
        "nested_header_checks": table("/^X:/ REPLACE X: nested"),
    }
    contents, _ = passed(rules(**checks), text)
    assert contents[0].count(b"X: part\r\n") == 1
    assert contents[0].endswith(b"X: nested\r\n\r\n")


@pytest.mark.parametrize("parameter", ["header_checks", "body_checks"])
def test_a_table_that_is_away_defers(parameter: str) -> None:
    checks: dict[str, Any] = {parameter: ("fail:x",)}
    contents, log = passed(rules(**checks), CONTENT)
    assert contents == []
    assert log[0].startswith("warning: ")
    assert log[-1].endswith("dsn=4.3.0, status=deferred (local data error)")


def test_what_no_table_knows_goes_as_it_is() -> None:
    contents, log = passed(rules(header_checks=table("/^Nothing:/ IGNORE")), CONTENT)
    assert contents == [CONTENT]
    assert len(log) == 1


def test_lmtp_names_its_own_tables_in_the_log() -> None:
    async def story() -> None:
        field = Field(rules(lmtp=True, header_checks=table("/^X-R:/ REJECT")))
        attempt = field.attempt("x", content=CONTENT)
        assert await field.ways.checks.checked(ID, attempt.content) is attempt.content
        text = "unsupported command in lmtp_header_checks map: REJECT"
        assert field.journal.lines == [f"warning: {text}"]

    play(story)


def test_tables_in_main_cf_itself_are_searched_here_and_others_by_proxymap() -> None:
    maps = _opened(("pcre:{{/a/ WARN}}", "inline:{a=WARN}", "pcre:/file", "inline:nonsense {"))
    assert [table.distant for table in maps.tables] == [False, False, True, False]
    assert maps.lookup("a") == "WARN"


def test_lines_are_asked_about_many_at_once() -> None:
    """One journey for each is what takes the time."""

    class Distant(Table):
        distant = True
        asked: ClassVar[list[int]] = []

        def lookup(self, key: str) -> str | None:
            return "REPLACE found" if key == ".last" else None

        async def find_each(self, keys: Sequence[str]) -> dict[str, str | None]:
            self.asked.append(len(keys))
            return await super().find_each(keys)

    async def story() -> None:
        field = Field()
        lines = b"".join(b"line %d\r\n" % number for number in range(3000))
        settings = rules(body_checks=("x",))
        checks = ContentChecks(settings, field.log, lambda names: Maps.of(map(Distant, names)))
        attempt = field.attempt("x", content=b"A: b\r\n\r\n" + lines * 2 + b"..last\r\n")
        checked = await checks.checked(ID, attempt.content)
        whole = b"".join(checked.pieces())
        assert whole == b"A: b\r\n\r\n" + lines * 2 + b"found\r\n"
        assert Distant.asked == [3001]

    play(story)
