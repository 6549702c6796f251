"""Octets that no message may have, or that are taken out of it."""

import pytest

from postroom.contracts.cleanup import Queued, Refused
from unit.cleanup.checks import PEER, body, header, told
from unit.cleanup.peers import Bench
from unit.cleanup.stories import ID, envelope, run, stored, submit, upload

CHARACTER = Refused(550, "5.7.1", "disallowed character", logged=True)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"Subject: a\0b\r\n\r\n", "Subject: a"),
        (b"X: folded\r\n wi\1th\r\n\r\n", " wi?th"),
        (b"Subject: x\r\n\r\nfirst\r\nse\1cond\r\nlast\r\n", "se?cond"),
        (b"Subject: x\r\n\r\n..\1\r\n", ".?"),
        (b"Subject: x\r\n\r\n" + b"a" * 2050 + b"\1b\r\n", "aa?b"),
        (b"Subject: x\r\n\r\n" + b"a" * 300 + b"\1\r\n", "a" * 200),
    ],
)
def test_a_character_that_is_not_allowed_refuses_the_message(content: bytes, line: str) -> None:
    got, here = submit(envelope(), content, message_reject_characters=r"\0\1")
    assert got == CHARACTER
    rejected, canceled = told(here)
    assert rejected == f"reject: content {line} {PEER}: 5.7.1 disallowed character"
    assert canceled == "removed (canceled)"


def test_lines_before_the_character_are_looked_at_and_none_behind_it() -> None:
    settings = {**body("WARN"), **header("WARN"), "message_reject_characters": r"\0"}
    content = b"Subject: x\r\nX: y\r\n\r\nx\r\n\0\r\nx\r\n"
    _, here = submit(envelope(), content, **settings)
    actions = [line.split(" from ")[0] for line in told(here)]
    lines = ["warning: header Subject: x", "warning: body x", "reject: content "]
    assert actions == [*lines, "removed (canceled)"]
    _, here = submit(envelope(), b"X: \0\r\nSubject: x\r\n\r\n", **settings)
    assert len(told(here)) == 2


def test_a_character_is_refused_before_it_is_taken_out() -> None:
    both = {"message_reject_characters": r"\0", "message_strip_characters": r"\0\1"}
    assert submit(envelope(), b"\r\na\0b\1\r\n", **both)[0] == CHARACTER
    assert stored(envelope(), b"\r\na\1\r\n", **both)[1].endswith(b"\r\n\r\na\r\n")


def test_characters_are_not_looked_at_behind_a_pass() -> None:
    settings = {**header("PASS"), "message_reject_characters": r"\0"}
    assert submit(envelope(), b"Subject: x\r\n\r\n\0\r\n", **settings)[0] == Queued(ID)


def test_a_message_in_pieces_may_not_have_the_character_either() -> None:
    async def story(here: Bench) -> None:
        assert await upload(here, b"Subject: x\r\n\r\n" + b"body\r\n" * 9 + b"\0\r\n") == CHARACTER

    run(story, message_reject_characters=r"\0")
