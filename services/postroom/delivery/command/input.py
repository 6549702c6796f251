"""What a command reads: the message in the form that it asked for."""

from collections.abc import Iterable, Iterator
from itertools import chain

from postroom.delivery.content import Content
from postroom.delivery.from_quoting import from_quoted
from postroom.delivery.impersonation.tasks import RunCommand
from postroom.esmtp.local_form import local_form


def command_input(task: RunCommand, content: Content) -> Iterator[bytes]:
    """Piece by piece; raises content.ContentLost. None of the pieces is empty."""
    form = task.form
    pieces: Iterable[bytes] = content.pieces()
    if form.from_quoted:
        pieces = from_quoted(pieces)
    body = local_form(pieces, form.line_end, keep_dots=form.dots_doubled)
    heading = task.message.heading
    if form.line_end != b"\n":
        heading = heading.replace(b"\n", form.line_end)
    yield from filter(None, chain((heading,), body))
    if form.blank_behind:
        yield form.line_end
