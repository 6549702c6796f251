"""SMTP dialogues written down as they are spoken.

    S: 220
    C: EHLO client.example.net
    S: 250

``S:`` is how the last line of a reply begins, ``C:`` a line that we send.
"""

import socket
from collections.abc import Iterator
from typing import BinaryIO


class Spoken:
    """What happened in a dialogue: every reply, whole, in order."""

    def __init__(self) -> None:
        self.replies: list[str] = []

    @property
    def queue_id(self) -> str:
        """The id in ``250 2.0.0 Ok: queued as ID``."""
        return self.replies_with("queued as")[-1].split("queued as ")[1].split()[0]

    def replies_with(self, text: str) -> list[str]:
        return [reply for reply in self.replies if text in reply]


def talk(connection: socket.socket, script: str) -> Spoken:
    """Speak ``script`` and close; AssertionError where the server says something else."""
    spoken = Spoken()
    with connection, connection.makefile("rb") as replies:
        for speaker, line in _turns(script):
            if speaker == "C":
                connection.sendall(line.encode("utf-8", "surrogateescape") + b"\r\n")
                continue
            reply = _read_reply(replies)
            spoken.replies.append(reply)
            last = reply.splitlines()[-1] if reply else "(connection closed)"
            assert last.startswith(line), f"expected {line!r}, got {reply!r} after {spoken.replies}"
    return spoken


def send(
    connection: socket.socket,
    sender: str,
    recipients: str | list[str],
    text: str = "Subject: hi\n\nhello\n",
) -> str:
    """Send one message that is accepted; returns its queue id."""
    everybody = [recipients] if isinstance(recipients, str) else recipients
    to = "".join(f"C: RCPT TO:<{each}>\nS: 250\n" for each in everybody)
    content = "".join(
        f"C: {'.' if line.startswith('.') else ''}{line}\n" for line in text.splitlines()
    )
    return talk(
        connection,
        f"S: 220\nC: EHLO client.example.net\nS: 250\nC: MAIL FROM:<{sender}>\nS: 250\n{to}"
        f"C: DATA\nS: 354\n{content}C: .\nS: 250 2.0.0 Ok: queued as \nC: QUIT\nS: 221\n",
    ).queue_id


def _turns(script: str) -> Iterator[tuple[str, str]]:
    for line in script.strip("\n").split("\n"):
        said = line.lstrip()
        if said:
            speaker, _, words = said.partition(":")
            assert speaker in {"C", "S"}, f"who says {line!r}?"
            yield speaker, words.removeprefix(" ")


def _read_reply(replies: BinaryIO) -> str:
    lines = []
    while True:
        line = replies.readline().decode("utf-8", "replace")
        lines.append(line.rstrip("\r\n"))
        if line[3:4] != "-":
            return "\n".join(lines)
