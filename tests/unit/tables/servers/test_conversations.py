"""tcp: and socketmap: tables: what is asked, what is understood, and that trouble defers."""

import pytest

from postroom.tables import TableError
from postroom.tables.opening import open_directly
from postroom.tables.servers.socketmap import MAX_REPLY
from postroom.tables.table import Table
from unit.tables.servers.speaker import speaking


def netstring(text: bytes) -> bytes:
    return b"%d:%s," % (len(text), text)


def socketmap(port: int) -> Table:
    return open_directly(f"socketmap:inet:127.0.0.1:{port}:people")


def tcp(port: int) -> Table:
    return open_directly(f"tcp:127.0.0.1:{port}")


def test_a_socketmap_is_asked_by_name_and_key_as_they_are() -> None:
    asked: list[bytes] = []

    def answer(question: bytes) -> bytes:
        asked.append(question)
        return netstring(b"OK one two")

    with speaking(answer) as port:
        table = socketmap(port)
        assert table.lookup("Some Key") == "one two"
        assert table.lookup("ü") == "one two"
    assert asked == [netstring(b"people Some Key"), netstring("people ü".encode())]


def test_a_socketmap_may_have_no_answer() -> None:
    with speaking(lambda _: netstring(b"NOTFOUND ")) as port:
        assert socketmap(port).lookup("x") is None


@pytest.mark.parametrize(
    "reply",
    [
        netstring(b"TEMP away"),
        netstring(b"TIMEOUT slow"),
        netstring(b"PERM no such map"),
        netstring(b"MAYBE x"),
        netstring(b"OK \xff"),
        b"x",
        b":,",
        b"99999999999999:",
        b"%d:" % (MAX_REPLY + 1),
        b"4:OK x;",
        netstring(b"OK x") + b"4:more,",
    ],
)
def test_what_a_socketmap_should_not_say_is_a_reason_to_try_again(reply: bytes) -> None:
    with speaking(lambda _: reply) as port, pytest.raises(TableError, match="socketmap:inet"):
        socketmap(port).lookup("x")


@pytest.mark.parametrize("within", ["{}", "pipemap:{{{}}}"])
def test_a_socketmap_may_answer_as_much_as_main_cf_says(within: str) -> None:
    """socketmap_max_reply_size counts the status as well."""
    reply = b"OK " + 97 * b"v"
    with speaking(lambda _: netstring(reply)) as port:
        name = within.format(f"socketmap:inet:127.0.0.1:{port}:people")
        assert open_directly(name, max_reply=100).lookup("x") == 97 * "v"
        with pytest.raises(TableError, match="longer than 99 bytes"):
            open_directly(name, max_reply=99).lookup("x")


def test_a_socketmap_may_answer_more_than_by_default() -> None:
    reply = b"OK " + MAX_REPLY * b"v"
    with speaking(lambda _: netstring(reply)) as port:
        table = open_directly(f"socketmap:inet:127.0.0.1:{port}:x", max_reply=2 * MAX_REPLY)
        assert table.lookup("x") == MAX_REPLY * "v"


@pytest.mark.parametrize(
    ("reply", "value"),
    [(b"OK a\0b", "a"), (b"OK \0a", ""), (b"OK\0 a", ""), (b"NOTFOUND \0a", None)],
)
def test_a_nul_ends_the_answer_of_a_socketmap(reply: bytes, value: str | None) -> None:
    with speaking(lambda _: netstring(reply)) as port:
        assert socketmap(port).lookup("x") == value


@pytest.mark.parametrize(
    ("reply", "value"), [(b"200 a%00b\n", "a"), (b"200 a\0b\n", "a"), (b"200 %00a\n", "")]
)
def test_a_nul_ends_the_answer_of_a_tcp_table(reply: bytes, value: str) -> None:
    with speaking(lambda _: reply) as port:
        assert tcp(port).lookup("x") == value


def test_a_tcp_table_is_asked_in_a_line_and_answers_in_one() -> None:
    asked: list[bytes] = []

    def answer(question: bytes) -> bytes:
        asked.append(question)
        return b"200 a%20b%25\n"

    with speaking(answer) as port:
        assert tcp(port).lookup("a b%ü") == "a b%"
    assert asked == [b"get a%20b%25%C3%BC\n"]


def test_a_tcp_table_may_have_no_answer() -> None:
    with speaking(lambda _: b"500 none\n") as port:
        assert tcp(port).lookup("x") is None


@pytest.mark.parametrize(
    "reply",
    [
        b"400 away\n",
        b"600 what\n",
        b"200\n",
        b"200 a%zz\n",
        b"200 %ff\n",
        b"200 a\nb\n",
        b"x" * 5000,
    ],
)
def test_what_a_tcp_table_should_not_say_is_a_reason_to_try_again(reply: bytes) -> None:
    with speaking(lambda _: reply) as port, pytest.raises(TableError, match="tcp:127"):
        tcp(port).lookup("x")


def test_a_server_that_hangs_up_between_questions_is_called_again() -> None:
    with speaking(lambda _: b"200 yes\n", hang_up=True) as port:
        table = tcp(port)
        assert [table.lookup("x") for _ in range(3)] == ["yes"] * 3


def test_a_server_that_is_away_is_a_reason_to_try_again() -> None:
    with speaking(lambda _: b"") as port:
        table = tcp(port)
    with pytest.raises(TableError, match="refused"):
        table.lookup("x")


@pytest.mark.parametrize(
    "name",
    ["socketmap:inet:host:name", "socketmap:x", "socketmap:unix:rel:n", "tcp:host", "tcp::1"],
)
def test_a_name_that_is_no_place_is_no_table(name: str) -> None:
    with pytest.raises(TableError):
        open_directly(name)
