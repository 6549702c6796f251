"""What a worker can be asked to do, and what it answers. All paths and texts are checked there."""

import os
from typing import Annotated

from msgspec import Meta, Struct, msgpack

Path = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^/[^\x00]*\Z")]
Text = Annotated[str, Meta(max_length=65_536)]


class Task(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Base of all tasks."""

    @property
    def together(self) -> str | None:
        """Tasks of one user with the same value share a worker and what a batch saves; they
        wait for each other. One that may take its time is None: it has a worker of its own."""
        return None


class Message(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The message to deliver: ``heading`` (lines end in LF), then ``content`` or, when that is
    None, the descriptor beside the task: ``size`` bytes from ``offset`` on; both in wire form."""

    heading: bytes
    size: int
    offset: int = 0
    content: bytes | None = None


class WriteMaildir(Task, frozen=True, tag="maildir"):
    """Deliver to the Maildir at ``path`` under a name that is the same at every attempt."""

    path: Path
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._=,@-]{1,200}\Z")]
    message: Message

    @property
    def together(self) -> str:
        return "maildir"


class Locking(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """postconf(5): mailbox_delivery_lock, deliver_lock_attempts and _delay, stale_lock_time."""

    styles: tuple[str, ...]
    attempts: int
    delay: float
    stale: float


class AppendMbox(Task, frozen=True, tag="mbox"):
    """Append to the mailbox file at ``path``."""

    path: Path
    from_line: bytes
    message: Message
    locking: Locking
    # Whose own mailbox it is; empty for a file that several may share.
    user: Text = ""
    # postconf(5), strict_mailbox_ownership.
    strict: bool = True
    # How it is told that this failed, up to the reason.
    failing: Text = ""

    @property
    def together(self) -> str:
        """Who waits for the lock of one mailbox holds up no other."""
        return self.path


class Form(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How a command wants its message written (pipe(8), flags and eol)."""

    line_end: bytes = b"\n"
    # A second dot before lines that start with one; ``>`` before "From "; an empty line behind.
    dots_doubled: bool = False
    from_quoted: bool = False
    blank_behind: bool = False


class RunCommand(Task, frozen=True, tag="command"):
    """Run ``argv`` with the message on its standard input; ``name`` is what the log calls it."""

    name: Text
    argv: Annotated[tuple[Text, ...], Meta(min_length=1)]
    environment: dict[str, Text]
    directory: Path
    time_limit: float
    message: Message
    success: Text
    output_on_success: bool = False
    # Without it, "/" does as well.
    directory_needed: bool = False
    form: Form = Form()


class Result(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An enhanced status code and what the log says; ``forward`` is what a .forward file says, and
    ``text`` its name.

    A ``warning`` is for the admin, whatever the result.
    """

    code: Annotated[str, Meta(pattern=r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}\Z")]
    text: Text
    forward: Text = ""
    warning: Text = ""

    @classmethod
    def trouble(cls, error: Exception) -> "Result":
        """What nobody expected leaves the message for later."""
        if not isinstance(error, OSError):
            return cls("4.3.0", f"delivery failed: {error}")
        where = f" {error.filename}:" if error.filename else ""
        return cls("4.3.0", f"delivery failed:{where} {os.strerror(error.errno or 0)}")


class Announce(Task, frozen=True, tag="announce"):
    """Do nothing, and answer with ``result``: a probe looks for a .forward file before it."""

    result: Result
    message: Message = Message(b"", 0, content=b"")


class UnlessForwarded(Task, frozen=True, tag="unless-forwarded"):
    """Do ``otherwise``, unless there is a .forward file: then give its text and do nothing.

    A ``home`` that is named has to be there for either (postconf(5), require_home_directory).
    """

    paths: tuple[Path, ...]
    otherwise: WriteMaildir | AppendMbox | RunCommand | Announce
    home: Text = ""

    @property
    def message(self) -> Message:
        return self.otherwise.message

    @property
    def together(self) -> str | None:
        return self.otherwise.together


class ReadList(Task, frozen=True, tag="list"):
    """Copy the list at ``path`` to the descriptor beside the task."""

    path: Path

    @property
    def message(self) -> Message:
        return Message(b"", 0)


AnyTask = UnlessForwarded | WriteMaildir | AppendMbox | RunCommand | ReadList
decode_tasks = msgpack.Decoder(tuple[AnyTask, ...]).decode
decode_results = msgpack.Decoder(tuple[Result, ...]).decode
