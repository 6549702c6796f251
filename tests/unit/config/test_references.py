"""Which names a value refers to, and what is wrong with it, as Postfix 3.10's postconf warned."""

import pytest

from postroom.config.references import References, references


def test_names_are_found_in_every_branch() -> None:
    text = "$a ${b} $(c) ${d?{$e}:{${f}}} ${{$g} == {h} ? {$i}} $$j ${{a} == {b} : {$k}}"
    assert references(text) == References(frozenset("abcdefgik"), "")


def test_a_condition_may_refer_to_the_empty_name() -> None:
    assert references("${?$a}") == References(frozenset(("", "a")), "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("$a $ b", 'empty macro name: "$a $ b"'),
        ("$a ${b", 'truncated macro reference: "$a ${b"'),
        ("$a ${b c}$d", 'attribute name syntax error at: "...b>>> c"'),
        ("${a?{x}:{${b-c}}}", 'attribute name syntax error at: "...b>>>-c"'),
        ("${{$a}=={$}?{$b}}", 'empty macro name: "$"'),
    ],
)
def test_names_behind_a_fault_are_none(text: str, fault: str) -> None:
    assert references(text) == References(frozenset("a"), fault)


def test_what_is_compared_may_be_anything_yet() -> None:
    assert references("${{$a} <level {x} ? {$b}}") == References(frozenset("ab"), "")
