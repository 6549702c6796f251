"""What stands in main.cf and argv= is filled in; what is filled in is only text."""

import pytest

from postroom.config.expansion import UndefinedName
from postroom.config.macros import expand, expand_defined, filtered

VALUES = {"home": "/home/a", "user": "a$home${", "empty": ""}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("$home/.forward", "/home/a/.forward"),
        ("$(user)$unknown$$", "a$home${$"),
        ("${user?{$user}:no}", "a$home${"),
        ("${empty?box/$home}${empty:{ box }}", " box "),
        ("${unknown?{a}:{b}}${unknown:c}", "bc"),
        ("${{$user} == {a} ? {yes} : {no}}", "no"),
    ],
)
def test_values_are_filled_in_and_never_expanded(template: str, expected: str) -> None:
    assert expand(template, VALUES) == expected


def test_what_is_not_defined_may_be_asked_for_but_not_used() -> None:
    assert expand_defined("${unknown?x}$empty", VALUES) == ("", {"unknown", "empty"})
    with pytest.raises(UndefinedName):
        expand_defined("$home/$unknown", VALUES)
    with pytest.raises(UndefinedName):
        expand_defined("${unknown}", VALUES)


def test_characters_that_are_not_allowed_are_underscores() -> None:
    assert filtered({"a": "x;-y\n"}, "xy-") == {"a": "x_-y_"}
    assert filtered({"a": "xy"}, "") == {"a": "__"}
