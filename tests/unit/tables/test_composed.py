"""Tables of other tables, and those that need no file."""

import logging

import pytest

from postroom.tables import TableError, open_table
from postroom.tables.folding import as_written
from postroom.tables.opening import open_directly
from postroom.tables.proxied import ProxiedTable


def test_a_union_has_the_values_of_all() -> None:
    table = open_directly("unionmap:{inline:{a=1, b=2}, inline:{a=3}}")
    assert [table.lookup(key) for key in ("a", "b", "c")] == ["1,3", "2", None]


def test_a_pipe_asks_each_for_what_the_one_before_said() -> None:
    table = open_directly("pipemap:{inline:{a=b, x=y}, inline:{b=c}}")
    assert [table.lookup(key) for key in ("a", "x", "b")] == ["c", None, None]


@pytest.mark.parametrize("kind", ["unionmap", "pipemap"])
def test_what_fails_within_fails_the_whole(kind: str) -> None:
    with pytest.raises(TableError, match="fail:x"):
        open_directly(f"{kind}:{{inline:{{a=b}}, fail:x}}").lookup("a")
    with pytest.raises(TableError, match="unsupported dictionary type: nosuch"):
        open_directly(f"{kind}:{{nosuch:x}}")


def test_a_random_table_has_all_its_values_and_no_other() -> None:
    table = open_directly("randmap:{one, {two three}}")
    assert {table.lookup(key) for key in map(str, range(100))} == {"one", "{two three}"}


@pytest.mark.parametrize("name", ["randmap:{}", "randmap:x", "unionmap:{}", "pipemap:static:x"])
def test_a_table_of_nothing_is_none(name: str) -> None:
    with pytest.raises(TableError, match="bad syntax"):
        open_directly(name)


def test_the_environment_is_asked_for_folded_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("lower", "1")
    monkeypatch.setenv("UPPER", "2")
    assert open_directly("environ:x").lookup("LOWER") == "1"
    assert open_directly("environ:x").lookup("UPPER") is None
    assert open_directly("environ:x", as_written).lookup("UPPER") == "2"


def test_what_is_asked_of_a_debugged_table_is_told(caplog: pytest.LogCaptureFixture) -> None:
    table = open_directly("debug:inline:{a=b}")
    with caplog.at_level(logging.WARNING):
        assert (table.lookup("a"), table.lookup("x")) == ("b", None)
    assert caplog.messages == [
        'inline:{a=b} lookup: "a" = "b"',
        'inline:{a=b} lookup: "x" = not_found',
    ]


@pytest.mark.parametrize("kind", ["mysql", "pgsql", "ldap", "memcache", "sqlite", "tcp"])
def test_components_leave_tables_of_servers_to_proxymap(kind: str) -> None:
    assert isinstance(open_table(f"proxy:{kind}:/x:1"), ProxiedTable)
    union = open_table(f"unionmap:{{static:x, {kind}:/x:1}}")
    assert union.slow
    assert open_table("unionmap:{static:x, inline:{a=b}}").slow is False
