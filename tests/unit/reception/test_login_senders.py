"""Whom a user's programs may call him; what is expected is what Postfix 3.10 does."""

import asyncio
import os
import pwd

import pytest

from postroom.mail.address import Extensions
from postroom.reception.login_senders import LoginSenders
from postroom.reception.submission import Refusal

UID = os.getuid()
LOGIN = pwd.getpwuid(UID).pw_name
WARNINGS: list[str] = []
# A user without a name.
NAMELESS = 23_456


def refusal(tables: tuple[str, ...], sender: str | None, uid: int = UID, empty: str = "<>") -> str:
    """What is said to him, the same in both ways; empty if he may."""
    senders = LoginSenders(tables, empty, Extensions("+-"), WARNINGS.append)
    texts = []
    for ask in (
        lambda: asyncio.run(senders.check(uid, sender)),
        lambda: senders.check_now(uid, sender),
    ):
        try:
            ask()
        except Refusal as refused:
            texts.append(str(refused))
        else:
            texts.append("")
    assert texts[0] == texts[1]
    return texts[0]


def may(patterns: str, sender: str | None) -> bool:
    return not refusal((f"inline:{{{{{LOGIN} = {patterns}}}}}",), sender)


@pytest.mark.parametrize(
    ("patterns", "allowed", "forbidden"),
    [
        ("*", ("x@y.example", "", "x"), ()),
        ("foo, Foo@Example.com", ("foo", "FOO@example.COM", "foo+bar@example.com"), ("bar", "")),
        ("foo foo@example.com", ("foo-x", "foo@example.com"), ("foo@example.org", "xfoo")),
        ("<>", ("",), ("<>", "x")),
        ("@Example.com", ("any@example.com", "x+y@EXAMPLE.com"), ("any@a.example.com", "any")),
        ('"a b"@example.com', ("a b@example.com",), ('"a b"@example.com', "b")),
        ('"a,b"@x,c', ("a,b@x", "c"), ("b@x",)),
        ('"a\\"b"@x', ('a"b@x',), ("b@x",)),
        ('"a, b', ("b",), ("a",)),
        ("a*@x", ("a*@x",), ("ab@x",)),
    ],
)
def test_a_sender_is_allowed_by_a_pattern(
    patterns: str, allowed: tuple[str, ...], forbidden: tuple[str, ...]
) -> None:
    assert [sender for sender in allowed if not may(patterns, sender)] == []
    assert [sender for sender in forbidden if may(patterns, sender)] == []


def test_who_names_no_sender_is_himself() -> None:
    assert may(LOGIN, None)
    assert not may("somebody", None)


def test_whom_no_table_knows_may_send_as_nobody() -> None:
    assert refusal(("inline:{nobody-else=*}",), "x@y") == "5.7.1 not authorized to use sender='x@y'"


def test_who_has_no_login_name_is_known_by_his_number() -> None:
    table = (f"inline:{{uid:{NAMELESS}=me@x}}",)
    assert not refusal(table, "me@x", NAMELESS)
    assert refusal(table, None, NAMELESS)
    assert not refusal((f"inline:{{uid:{NAMELESS}=uid{NAMELESS}}}",), None, NAMELESS)


def test_another_text_may_stand_for_the_empty_sender() -> None:
    table = (f"inline:{{{LOGIN}=none}}",)
    assert not refusal(table, "", empty="None")
    assert refusal(table, "")


def test_a_table_that_is_away_allows_nothing_for_now_and_the_log_says_why() -> None:
    WARNINGS.clear()
    text = "4.3.0 local_login_sender_maps table lookup error for 'inline:{other=*} fail:sorry'"
    assert refusal(("inline:{other=*}", "fail:sorry"), "x") == text
    assert "sorry" in WARNINGS[0]
    assert not refusal((f"inline:{{{LOGIN}=*}}", "fail:sorry"), "x")
