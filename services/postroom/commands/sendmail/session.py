"""An SMTP session on two descriptors, with a local program; see smtp."""

import os
from collections.abc import Iterator

from postroom.commands.sendmail.submission import Refused, Unreachable, submit
from postroom.contracts.postdrop import TOO_BIG, Request
from postroom.esmtp import replies
from postroom.esmtp.command import (
    Auth,
    Command,
    Data,
    Ehlo,
    Etrn,
    Helo,
    Help,
    Mail,
    Noop,
    Quit,
    Rcpt,
    Rset,
    StartTls,
    Vrfy,
)
from postroom.esmtp.command_parser import NO_AUTH
from postroom.esmtp.content import Content
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.local_form import local_form
from postroom.esmtp.reply import Reply
from postroom.esmtp.server import ServerEngine
from postroom.esmtp.server_events import Event

_READ_SIZE = 65_536
_REPLIES: dict[type[Command], Reply] = {
    Rset: replies.OK,
    Noop: replies.OK,
    Quit: replies.BYE,
    Data: replies.GO_AHEAD,
    Help: replies.HELP,
    Etrn: replies.UNABLE_TO_QUEUE,
    Auth: NO_AUTH,
    StartTls: replies.NOT_IMPLEMENTED,
}


class HungUp(Exception):
    """The calling program closed its end."""


class Session:
    """Speaks until QUIT or the end of input."""

    def __init__(self, source: int, sink: int, hostname: str, extensions: Extensions) -> None:
        self._source = source
        self._sink = sink
        self._hostname = hostname
        self._engine = ServerEngine(extensions)
        self._request = Request()
        self._lone_cr = b""

    def run(self) -> None:
        self._engine.say(Reply(220, "", f"{self._hostname} ESMTP Postroom"))
        try:
            while True:
                event = self._next_event()
                if isinstance(event, Content):
                    self._engine.answer(self._take(event))
                elif isinstance(event, Command):
                    self._engine.answer(self._obey(event))
                    if isinstance(event, Quit):
                        break
        except HungUp:
            return
        self._flush()

    def _next_event(self) -> Event:
        while (event := self._engine.next_event()) is None:
            self._flush()
            data = os.read(self._source, _READ_SIZE)
            if not data:
                raise HungUp
            self._engine.receive(self._with_crlf(data))
        return event

    def _with_crlf(self, data: bytes) -> bytes:
        """A local program may end its lines with LF alone, as everywhere on this system."""
        data = self._lone_cr + data
        self._lone_cr = b"\r" if data.endswith(b"\r") else b""
        data = data.removesuffix(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def _flush(self) -> None:
        output = self._engine.output.take()
        while output:
            output = output[os.write(self._sink, output) :]

    def _obey(self, command: Command) -> Reply:
        extensions = self._engine.extensions
        match command:
            case Ehlo():
                return Reply(250, "", "\n".join((self._hostname, *extensions.keywords)))
            case Helo():
                return Reply(250, "", self._hostname)
            case Mail():
                return self._begin(command)
            case Rcpt():
                self._request.recipients += (command.recipient,)
                self._request.notify = ",".join(command.notify) or self._request.notify
                return replies.RECIPIENT_OK
            case Vrfy():
                known = extensions.vrfy
                return Reply(252, "2.0.0", command.address) if known else replies.NO_VRFY
        return _REPLIES.get(type(command), replies.UNRECOGNIZED)

    def _begin(self, command: Mail) -> Reply:
        limit = self._engine.extensions.size_limit
        if limit and command.size > limit:
            return replies.SIZE_EXCEEDED
        self._request = Request(
            sender=command.sender,
            ret=command.ret,
            envid=command.envid,
            body=command.body,
            verp=command.verp,
        )
        return replies.SENDER_OK

    def _take(self, first: Content) -> Reply:
        """Pass the message on as it arrives; the rest of a refused one is read and forgotten."""
        pieces = self._pieces(first)
        try:
            submit(self._request, local_form(pieces))
        except Refused as refused:
            reply = _refusal(refused)
        except Unreachable as error:
            reply = Reply(451, "4.3.0", f"Error: queue file write error: {error}")
        else:
            reply = Reply(250, "2.0.0", "Ok: queued")
        for _ in pieces:
            pass
        self._request = Request()
        return reply

    def _pieces(self, first: Content) -> Iterator[bytes]:
        piece = first
        yield piece.data
        while not piece.last:
            event = self._next_event()
            if not isinstance(event, Content):
                raise HungUp
            piece = event
            yield piece.data


def _refusal(refused: Refused) -> Reply:
    """As with Postfix the program may try again what is not refused for its size: who may send,
    and in whose name, is configured, and a message that was given up is lost."""
    if refused.code == TOO_BIG:
        return replies.TOO_BIG
    code = refused.code if refused.code.startswith("4") else "4.3.0"
    return Reply(451, code, f"Error: {refused.text}")
