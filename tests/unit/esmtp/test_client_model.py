"""Whatever codes a server answers with, every recipient gets the verdict a plain model gives."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from postroom.esmtp.client import Client, ProtocolError
from postroom.esmtp.client_events import (
    Dialect,
    Event,
    Finished,
    Message,
    Ready,
    Verdict,
    WantsContent,
)

_CODES = st.sampled_from([250, 251, 354, 450, 452, 550, 552, 554])
_STREAMS = st.lists(_CODES, min_size=12, max_size=12)


def _opened(pipelining: bool, lmtp: bool) -> Client:
    client = Client(Dialect("me.example", lmtp))
    client.receive(b"220 hi\r\n")
    (ready,) = client.receive(b"250-mx\r\n250 PIPELINING\r\n" if pipelining else b"250 mx\r\n")
    assert isinstance(ready, Ready)
    client.take_output()
    return client


def _expected(
    codes: Iterator[int], recipients: int, pipelining: bool, lmtp: bool
) -> dict[int, int]:
    """The code that decides for each recipient, by the letter of RFC 5321, 2920 and 2033."""
    verdicts: dict[int, int] = {}
    mail = next(codes)
    if not 200 <= mail < 300:
        verdicts = dict.fromkeys(range(recipients), mail)
        if not pipelining:
            return verdicts
    accepted = []
    for number in range(recipients):
        code = next(codes)
        if 200 <= code < 300:
            accepted.append(number)
        else:
            verdicts.setdefault(number, code)
    if mail >= 300 or not accepted:
        return verdicts
    data = next(codes)
    if not 300 <= data < 400:
        return verdicts | dict.fromkeys(accepted, data)
    if lmtp:
        return verdicts | {number: next(codes) for number in accepted}
    return verdicts | dict.fromkeys(accepted, next(codes))


@given(_STREAMS, st.integers(1, 4), st.booleans(), st.booleans())
def test_verdicts_are_those_of_the_model(
    codes: list[int], recipients: int, pipelining: bool, lmtp: bool
) -> None:
    client = _opened(pipelining, lmtp)
    message = Message(b"MAIL FROM:<>\r\n", (b"RCPT TO:<b@y>\r\n",) * recipients)
    client.start(message)
    verdicts: dict[int, int] = {}
    finished = False
    for code in codes:
        for event in client.receive(b"%d x\r\n" % code):
            if isinstance(event, Verdict):
                for number in event.recipients:
                    assert number not in verdicts, "one verdict each"
                    verdicts[number] = event.reply.code
            elif isinstance(event, WantsContent):
                client.content_sent(message)
            finished = finished or isinstance(event, Finished)
        if finished:
            break
    assert finished
    assert verdicts == _expected(iter(codes), recipients, pipelining, lmtp)


@given(st.lists(st.binary(max_size=60), max_size=20), st.booleans(), st.booleans())
def test_no_bytes_of_a_server_break_the_client(
    pieces: list[bytes], pipelining: bool, lmtp: bool
) -> None:
    client = _opened(pipelining, lmtp)
    message = Message(b"MAIL FROM:<>\r\n", (b"RCPT TO:<b@y>\r\n",) * 2)
    client.start(message)
    decided: list[int] = []
    for piece in pieces:
        events: list[Event] = []
        try:
            events = client.receive(piece)
        except ProtocolError:
            assert client.ended
        for event in events:
            if isinstance(event, Verdict):
                decided += event.recipients
            elif isinstance(event, WantsContent):
                client.content_sent(message)
    assert len(decided) == len(set(decided)) <= 2
