"""Whatever servers say and whenever they leave, each recipient gets Postfix's verdict."""

import asyncio

import pytest

from postroom.delivery.client.program import deliver
from postroom.esmtp.client import Client
from postroom.esmtp.client_events import Dialect, Message, Ready, Verdict, WantsContent
from transcripts import Transcript, said, transcripts
from unit.delivery.client.field import Field
from unit.delivery.client.play import play


@pytest.mark.parametrize("transcript", tuple(transcripts()), ids=lambda one: one.name)
def test_each_recipient_gets_postfixs_verdict(transcript: Transcript) -> None:
    async def story() -> None:
        server = await asyncio.start_server(transcript.play, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        field = Field()
        recipients = [f"{number}@y.example" for number in range(transcript.recipients)]
        await deliver(field.ways, field.attempt(f"[127.0.0.1]:{port}", *recipients))
        server.close()
        found = {}
        for line in field.journal.lines:
            if ": to=<" in line:
                recipient = line.partition(": to=<")[2].partition(">")[0]
                found[recipient] = line.partition(", dsn=")[2].replace(", status=", " ", 1)
        expected = [one.replace("HOST", "127.0.0.1[127.0.0.1]") for one in transcript.expected]
        assert [found[one] for one in recipients] == expected

    play(story)


@pytest.mark.parametrize("transcript", tuple(transcripts()), ids=lambda one: one.name)
def test_a_verdict_does_not_depend_on_how_the_servers_words_are_cut(
    transcript: Transcript,
) -> None:
    assert _verdicts(transcript, cut=1) == _verdicts(transcript, cut=4096)


def _verdicts(transcript: Transcript, cut: int) -> list[tuple[str, tuple[int, ...], str]]:
    """What the engine alone makes of all that the server says."""
    client = Client(Dialect("me.example"))
    message = Message(b"MAIL FROM:<a@x>\r\n", (b"RCPT TO:<b@y>\r\n",) * transcript.recipients)
    found: list[tuple[str, tuple[int, ...], str]] = []
    for letter, text in transcript.steps:
        data = said(letter, text) if letter in "SL" else b""
        for start in range(0, len(data), cut):
            for event in client.receive(data[start : start + cut]):
                if isinstance(event, Ready):
                    client.start(message)
                elif isinstance(event, WantsContent):
                    client.content_sent(message)
                elif isinstance(event, Verdict):
                    found.append((event.step.name, event.recipients, event.reply.text))
    return found
