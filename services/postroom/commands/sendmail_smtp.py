"""``sendmail -bs``: an SMTP session on the standard streams, for a local program.

The messages go to postdrop like those of plain sendmail, as the calling user's; no smtpd and
no network is involved (RFC 5321's grammar is the same, and the same engine's).
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from postroom.commands.submission import Refused, Unreachable, submit
from postroom.config.configuration import DEFAULT_DIRECTORY, Configuration, load
from postroom.config.problem import ConfigError
from postroom.contracts.postdrop import Request
from postroom.esmtp.command import Command, Data, Ehlo, Helo, Mail, Noop, Quit, Rcpt, Rset
from postroom.esmtp.content import Content
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.local_form import local_form
from postroom.esmtp.reply import Reply
from postroom.esmtp.server import Event, ServerEngine
from postroom.tables.match_list import NetworkList
from postroom.tables.table import TableError

_READ_SIZE = 65_536
_EXTENSIONS = Extensions(vrfy=False, etrn=False, chunking=False, smtputf8=False)
_OK = Reply(250, "2.0.0", "Ok")
_REPLIES: dict[type[Command], Reply] = {
    Rset: _OK,
    Noop: _OK,
    Quit: Reply(221, "2.0.0", "Bye"),
    Data: Reply(354, "", "End data with <CR><LF>.<CR><LF>"),
}
_UNKNOWN = Reply(500, "5.5.2", "Error: command not recognized")


class HungUp(Exception):
    """The calling program closed its end."""


class Session:
    """Speaks SMTP on the two descriptors until QUIT or the end of input."""

    def __init__(
        self, source: int, sink: int, hostname: str, extensions: Extensions = _EXTENSIONS
    ) -> None:
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
        output = self._engine.take_output()
        while output:
            output = output[os.write(self._sink, output) :]

    def _obey(self, command: Command) -> Reply:
        match command:
            case Ehlo():
                return Reply(
                    250, "", "\n".join((self._hostname, *self._engine.extensions.keywords))
                )
            case Helo():
                return Reply(250, "", self._hostname)
            case Mail():
                self._request = Request(
                    sender=command.sender,
                    ret=command.ret,
                    envid=command.envid,
                    body=command.body,
                    verp=command.verp,
                )
                return Reply(250, "2.1.0", "Ok")
            case Rcpt():
                self._request.recipients += (command.recipient,)
                self._request.notify = ",".join(command.notify) or self._request.notify
                return Reply(250, "2.1.5", "Ok")
        return _REPLIES.get(type(command), _UNKNOWN)

    def _take(self, first: Content) -> Reply:
        """Pass the message on as it arrives; the rest of a refused one is read and forgotten."""
        pieces = self._pieces(first)
        try:
            submit(self._request, local_form(pieces))
        except Refused as refused:
            reply = Reply(451 if refused.code.startswith("4") else 554, refused.code, refused.text)
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


def main() -> None:
    directory = Path(os.environ.get("MAIL_CONFIG", DEFAULT_DIRECTORY))
    try:
        configuration = load(directory)
        hostname, extensions = configuration.text("myhostname"), _extensions(configuration)
    except ConfigError:
        # Mail is taken all the same.
        hostname, extensions = socket.gethostname(), _EXTENSIONS
    Session(0, 1, hostname, extensions).run()


def _extensions(configuration: Configuration) -> Extensions:
    """A local program counts as a client on this machine (smtpd_authorized_verp_clients)."""
    clients = configuration.typed("smtpd_authorized_verp_clients")
    if not isinstance(clients, tuple) or not _has_this_machine(clients):
        return _EXTENSIONS
    return structs.replace(
        _EXTENSIONS,
        verp_delimiters=configuration.text("default_verp_delimiters"),
        verp_filter=configuration.text("verp_delimiter_filter"),
    )


def _has_this_machine(clients: tuple[str, ...]) -> bool:
    """A list that cannot be searched has nobody."""
    try:
        return NetworkList(clients, parents=False).match("localhost", "127.0.0.1")
    except TableError:
        return False
