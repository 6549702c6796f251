"""Right-hand sides of aliases(5) and .forward are understood as Sendmail does."""

import time

import pytest

from postroom.delivery.local.targets import Kind, Target, parse_targets

A, M, C, F, L = Kind.ADDRESS, Kind.MAILBOX, Kind.COMMAND, Kind.FILE, Kind.INCLUDE
H = Kind.HOME


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice, bob", [(A, "alice"), (A, "bob")]),
        ("alice\nbob\n# eve\n", [(A, "alice"), (A, "bob")]),
        ('"|/usr/bin/procmail -f -", /var/x', [(C, "/usr/bin/procmail -f -"), (F, "/var/x")]),
        ('|"cmd a, b", c', [(C, "cmd a, b"), (A, "c")]),
        (":include:/etc/list", [(L, "/etc/list")]),
        ('\\alice, "|vacation alice"', [(M, "alice"), (C, "vacation alice")]),
        ("Joe <joe@x.test>, (comment) k", [(A, "joe@x.test"), (A, "k")]),
        ('"/a b/c"', [(F, "/a b/c")]),
        ('~/x, "~/a b", ~bob/x', [(H, "~/x"), (H, "~/a b"), (H, "~bob/x")]),
        ("<@a.test,@b.test:c@x.test>, <d", [(A, "c@x.test"), (A, "d")]),
        ('|cmd <a, "b"', [(C, "cmd <a"), (A, "b")]),
        ('(a, b) c, "d, e" (f', [(A, "c"), (A, "d, e")]),
        ('"|a\nb"', [(C, "a"), (A, "b")]),
        ('"|a\0b", c\nd', [(C, "a"), (A, "d")]),
        ("team: a, b;, c", [(A, "a"), (A, "b"), (A, "c")]),
        ("fax:a, b", [(A, "fax:a"), (A, "b")]),
        ("", []),
        (",, ,\n", []),
    ],
)
def test_the_right_hand_side_of_an_alias_is_read_target_by_target(
    text: str, expected: list[tuple[Kind, str]]
) -> None:
    assert parse_targets(text) == [Target(*target) for target in expected]


@pytest.mark.parametrize(
    "pattern",
    [
        '"',
        "(",
        '("',
        "(a)",
        '"\\',
        '\\"',
        '"a"(',
        "a(b",
        "<",
        "<>",
        "<@",
        "<@a,",
        "a:",
        "a;",
        "[",
        ")",
        "a@",
        "#",
    ],
)
def test_no_user_can_make_local_think_for_long(pattern: str) -> None:
    """All mail of the machine would wait: a .forward file is read where everybody's is."""
    started = time.process_time()
    for end in ("", '"', "\\", ")"):
        parse_targets(pattern * (50_000 // len(pattern)) + end)
    assert time.process_time() - started < 4


def test_a_list_may_be_long() -> None:
    assert len(parse_targets(", ".join(["a"] * 20_000))) == 20_000
