"""References in values yield what Postfix 3.10's ``postconf -x`` printed for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.config.expansion import MAX_NESTING, ExpansionError, expand

NAMES = {"x1": "a", "n": "", "e": "$n", "level": "3.6"}


def expanded(text: str) -> str:
    return expand(text, lambda name: NAMES.get(name, ""))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("plain", "plain"),
        ("$x1", "a"),
        ("$x1-$(x1)${x1}", "a-aa"),
        ("${x1 }", "a"),
        ("${ x1}", "a"),
        ("${x1}}", "a}"),
        ("$$", "$"),
        ("a$$b", "a$b"),
        ("$$${x1}", "$a"),
        ("$undefined${0}.", "."),
        ("${x1?yes}", "yes"),
        ("${x1:no}", ""),
        ("${n:no}", "no"),
        ("${n?yes}", ""),
        ("${n?{yes}:{no}}", "no"),
        ("${n?{yes}:no}", "no"),
        ("${n?yes:no}", ""),
        ("${x1?yes:no}", "yes:no"),
        ("${x1?{yes} : {no}}", "yes"),
        ("${x1 ? {yes} : {no}}", "yes"),
        ("x${x1?{ a b }}x", "x a b x"),
        ("x${n: a}x", "x ax"),
        ("x${x1? {a}}x", "xax"),
        ("${x1?{a}: b c }", "a"),
        ("${x1?}q", "q"),
        ("${x1?{}}q", "q"),
        ("${n?{a}:}q", "q"),
        ("${n?{$x1}:{$$}}q", "$q"),
        ("${x1?$n}z", "z"),
        ("${x1?${x1?{q}}}", "q"),
        ("$(x1?(a))", "(a)"),
        ("$(x1?{y}:{n})", "y"),
        ("${x1?(y}", "(y"),
        ("${x1?{(}}", "("),
        # A name of no letters has no value.
        ("${?yes}${:no}${ }", "no"),
        # Emptiness is that of the value as written.
        ("${e?yes}", "yes"),
        ("${e:no}", ""),
    ],
)
def test_references_and_conditions_expand_as_in_postconf_5(text: str, value: str) -> None:
    assert expanded(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{a}=={a}?{y}:{n}}", "y"),
        ("${{a} == {a}}", "true"),
        ("${{a} != {a}}", ""),
        ("${{a} == {a} ? {y}}", "y"),
        ("${{a} == {b} : {y}}", "y"),
        ("${{a} == {a}:{y}}", ""),
        ("${{a} == {a} ?y : n}", "y : n"),
        ("${{$x1} == {a} ? {y$x1} : {n}}", "ya"),
        ("${{$n}=={}?{empty}:{full}}", "empty"),
        # Blanks inside count; digits compare as numbers; everything else as text.
        ("${{ a }=={a}?{y}:{n}}", "n"),
        ("${{10} < {9} ? {y} : {n}}", "n"),
        ("${{10x} < {9} ? {y} : {n}}", "y"),
        ("${{-1}<{1}?{y}:{n}}", "y"),
        ("${{1}=={01}?{y}:{n}}", "y"),
        ("${{}<{1}?{y}:{n}}", "y"),
        ("${{B} < {a} ? {y}:{n}}", "y"),
        ("${{3.10} < {3.9}?{y}:{n}}", "y"),
        ("${{a} <= {a}?{y}:{n}}", "y"),
        ("${{a} >= {a}?{y}:{n}}", "y"),
        ("${{a} > {b}?{y}:{n}}", "n"),
        ("${{99999999999999999999999}>{1}?{y}:{n}}", "y"),
        ("${{$level} <level {3.10} ? {old} : {new}}", "old"),
        ("${{$level} >=level {3.6} ? {y} : {n}}", "y"),
        ("${{3.6.0} ==level {3.6} ? {y} : {n}}", "y"),
    ],
)
def test_comparisons_choose_what_they_are_followed_by(text: str, value: str) -> None:
    assert expanded(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("$", 'empty macro name: "$"'),
        ("a$ b", 'empty macro name: "a$ b"'),
        ("${}", 'empty macro name: "${}"'),
        ("${", 'truncated macro reference: "${"'),
        ("$(x1", 'truncated macro reference: "$(x1"'),
        ("${x1?{a}", 'truncated macro reference: "${x1?{a}"'),
        ("a$()", 'empty macro name: "a$()"'),
        ("${.}", 'attribute name syntax error at: "...>>>."'),
        ("${x1 x}", 'attribute name syntax error at: "...x1>>> x"'),
        ("${x1!y}", 'attribute name syntax error at: "...x1>>>!y"'),
        ("${x1?{y}z}", '":" expected at: "...x1?{y}>>>z"'),
        ("${x1:{y}z}", 'unexpected input at: "...x1:{y}>>>z"'),
        ("${x1?{y}:{z}w}", 'unexpected input at: "...x1?{y}:{z}>>>w"'),
        ("${x1:{a}?{b}}", 'unexpected input at: "...x1:{a}>>>?{b}"'),
        ("${{a} => {a}?{y}:{n}}", "comparison operator expected"),
        ("${{a} = {a}?{y}:{n}}", "comparison operator expected"),
        ("${{a} == a}", '"{expression}" expected'),
        ("$(x1?{a)})", "unbalanced {} in attribute expression"),
        ("${{a} <level {b}}", 'malformed compatibility level syntax: "a"'),
    ],
)
def test_what_makes_no_sense_is_an_error_that_shows_where(text: str, reason: str) -> None:
    with pytest.raises(ExpansionError) as caught:
        expanded(text)
    assert str(caught.value).startswith(reason)


def test_a_value_that_refers_to_itself_is_an_error() -> None:
    with pytest.raises(ExpansionError, match="unreasonable macro call nesting"):
        expand("$a", {"a": "x$b", "b": "$a"}.get)


@pytest.mark.parametrize(("depth", "fits"), [(MAX_NESTING, True), (MAX_NESTING + 1, False)])
def test_nesting_ends_where_postfix_ends_it(depth: int, fits: bool) -> None:
    chain = {f"p{index}": f"$p{index - 1}" for index in range(1, depth + 1)} | {"p0": "x"}
    if fits:
        assert expand(f"$p{depth - 1}", chain.get) == "x"
    else:
        with pytest.raises(ExpansionError):
            expand(f"$p{depth - 1}", chain.get)


@given(st.text(alphabet="$(){}?:=!<>ax1 ", max_size=40))
def test_any_text_expands_or_is_refused(text: str) -> None:
    try:
        expanded(text)
    except ExpansionError:
        return
