"""Long lines are found and folded, wherever the pieces of a message end."""

from hypothesis import given
from hypothesis import strategies as st

from postroom.delivery.client.outgoing import Outgoing, fold, has_long_line
from postroom.delivery.content import Content

LIMIT = 10
MESSAGES = st.lists(
    st.integers(0, 35).map(lambda size: b"abcdefghijklmnopqrstuvwxyz0123456789"[:size]), max_size=8
).map(lambda lines: b"".join(line + b"\r\n" for line in lines))
SIZES = st.integers(1, 40)


def _pieces(message: bytes, size: int) -> list[bytes]:
    return [message[at : at + size] for at in range(0, len(message), size)]


@given(MESSAGES, SIZES)
def test_a_long_line_is_found_however_the_message_is_cut(message: bytes, size: int) -> None:
    expected = any(len(line) > LIMIT for line in message.split(b"\r\n"))
    assert has_long_line(_pieces(message, size), LIMIT) is expected


@given(MESSAGES, SIZES)
def test_folding_does_not_depend_on_the_cuts_and_loses_nothing(message: bytes, size: int) -> None:
    whole = b"".join(fold([message], LIMIT))
    assert b"".join(fold(_pieces(message, size), LIMIT)) == whole
    assert whole.replace(b"\r\n ", b"") == message
    assert all(len(line) <= LIMIT for line in whole.split(b"\r\n"))


def test_a_short_message_leaves_as_it_lies() -> None:
    data = b"Subject: x\r\n\r\n..\r\n"
    assert Outgoing(Content(len(data), data=data), 998).whole() == data + b".\r\n"
    assert Outgoing(Content(0, data=b""), 998).whole() == b".\r\n"


def test_the_final_dot_stands_on_a_line_of_its_own_in_any_case() -> None:
    assert Outgoing(Content(3, data=b"abc"), 998).whole() == b"abc\r\n.\r\n"


def test_no_limit_folds_nothing() -> None:
    data = b"x" * 100_000 + b"\r\n"
    assert Outgoing(Content(len(data), data=data), 0).whole() == data + b".\r\n"
