"""Whatever a client or the authentication server says, a line stays a line."""

from hypothesis import given
from hypothesis import strategies as st

from postroom.esmtp.command import Auth
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.reply import Reply
from postroom.esmtp.server import ServerEngine
from postroom.esmtp.server_events import Refusal, Response
from postroom.esmtp.states import State
from postroom.reception.smtpd.sasl.dovecot_lines import (
    BadLine,
    Circumstances,
    auth,
    cont,
    is_base64,
    parse,
)

WORDS = st.sampled_from([b"MECH", b"CONT", b"OK", b"FAIL", b"VERSION", b"DONE", b"SPID"])
FIELDS = st.lists(st.binary(max_size=40) | st.sampled_from([b"1", b"user=x\x01", b"AAAA"]))
HERE = Circumstances("smtp", "", "192.0.2.1", secured=False)


@given(WORDS | st.binary(max_size=8), FIELDS)
def test_a_line_of_the_server_is_understood_or_refused(word: bytes, fields: list[bytes]) -> None:
    try:
        parse(b"\t".join((word, *fields)).replace(b"\n", b""))
    except BadLine:
        return


@given(st.text(alphabet="AZaz09+/=\t\r\n\0\x01 é", max_size=60))
def test_a_response_that_passes_cannot_add_a_field_or_a_line(text: str) -> None:
    if is_base64(text):
        assert cont(1, text).count(b"\n") == 1
        assert auth(1, "PLAIN", HERE, text).count(b"\t") == 6


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 4))
def test_every_line_of_an_exchange_is_a_response_and_is_answered_once(
    lines: list[bytes], challenges: int
) -> None:
    engine = ServerEngine(Extensions(mechanisms=("PLAIN",)), response_limit=100)
    engine.receive(b"AUTH PLAIN\r\n")
    event = engine.next_event()
    assert isinstance(event, Auth)
    said = [line.replace(b"\n", b"") for line in lines]
    engine.receive(b"".join(line + b"\r\n" for line in said))
    for line in said[:challenges]:
        engine.challenge(Reply(334, "", ""))
        assert engine.state is State.RESPONSE
        event = engine.next_event()
        assert isinstance(event, Response)
        assert event.line == (line if len(line) + 1 < 100 else None)
    engine.answer(Reply(535, "5.7.8", "no"))
    assert engine.state is State.START
    while (event := engine.next_event()) is not None:
        assert not isinstance(event, Response)
        if not isinstance(event, Refusal):
            engine.answer(Reply(500, "5.5.2", "no"))
