"""postqueue(1): list the queue, or have mail tried again; for every user. mailq calls it.

Who may is decided by the queue manager, which knows from the kernel who asks."""

import os
import re
import sys
from collections.abc import Iterator
from getopt import GetoptError, getopt
from typing import NoReturn

from postroom.commands.options import complaint
from postroom.commands.queue import on_disk, submitted
from postroom.commands.queue.ids import is_queue_id, our_queue_id
from postroom.commands.queue.questions import NotPermitted, ask
from postroom.commands.queue.report import EMPTY, HEADING, json_entry, summary, text_entry
from postroom.commands.queue.sites import is_flushed
from postroom.commands.served_directory import asked_for, go_by
from postroom.config.problem import ConfigError
from postroom.contracts.cleanup import Ready
from postroom.contracts.showq import Entry, Flush, FlushMessage, FlushSite, NotAllowed
from postroom.ipc.contract import Question, Unavailable
from postroom.mail.address import is_domain
from postroom.tables.table import TableError
from postroom.tables.user_list import named

USAGE = (
    "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site"
)
# Postfix's postqueue knows but one code for what went wrong (sysexits.h).
_EX_UNAVAILABLE = 69
# RFC 5321 section 4.1.3.
_LITERAL = re.compile(r"\[(?:(?:\d{1,3}\.){3}\d{1,3}|IPv6:[0-9A-Fa-f:.]{2,45})\]")


def main() -> NoReturn:
    try:
        run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)
    sys.exit(0)


def run(arguments: list[str]) -> None:
    """What the command line says; leaves by ``SystemExit`` where that cannot be done."""
    match _wishes(arguments):
        case [("-p", _)]:
            _list(as_json=False)
        case [("-j", _)]:
            _list(as_json=True)
        case [("-f", _)]:
            _flush(Flush())
        case [("-i", queue_id)]:
            _flush_message(queue_id)
        case [("-s", site)]:
            _flush_site(site)
        case _:
            _fail(USAGE)


def _wishes(arguments: list[str]) -> list[tuple[str, str]]:
    """What is asked for; -v changes nothing of that, and -c can name but one directory."""
    try:
        options, rest = getopt(arguments, "c:fi:jps:v")
    except GetoptError as error:
        sys.stderr.write(f"postqueue: {complaint(error)}\n")
        _fail(USAGE)
    if rest:
        _fail(USAGE)
    if refusal := go_by(asked_for(options)):
        _fail(refusal)
    return [option for option in options if option[0] not in ("-c", "-v")]


def _list(*, as_json: bool) -> None:
    try:
        if as_json:
            _print_json()
        else:
            _print_text()
    except NotPermitted:
        _fail(f"User {named(os.getuid())} is not allowed to view the mail queue")
    except Unavailable as error:
        _fail(f"Queue report unavailable - mail system is down ({error})")


def _print_text() -> None:
    """A page is one piece of output: thousands of small ones cost more than making them."""
    size = count = 0
    for page in _pages():
        lines = [line for entry in page for line in text_entry(entry)]
        if lines and not count:
            lines.insert(0, HEADING)
        count += len(page)
        size += sum(entry.size for entry in page)
        _write(lines)
    _write([summary(size, count) if count else EMPTY])


def _print_json() -> None:
    for page in _pages():
        _write([json_entry(entry) for entry in page])


def _pages() -> Iterator[tuple[Entry, ...]]:
    """The maildrop comes first."""
    yield _in_the_maildrop()
    yield from on_disk.asked_or_seen(_warn)


def _in_the_maildrop() -> tuple[Entry, ...]:
    """What cannot be told of it keeps nobody from seeing the queue."""
    try:
        return tuple(submitted.entries())
    except Unavailable as error:
        _warn(f"the maildrop is not listed: {error}")
        return ()


def _write(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _flush(question: Question[Ready | NotAllowed]) -> None:
    try:
        ask(question)
    except NotPermitted:
        _fail(f"User {named(os.getuid())} is not allowed to flush the mail queue")
    except Unavailable:
        _fail("Cannot flush mail queue - mail system is down")


def _flush_message(text: str) -> None:
    if not is_queue_id(text):
        _fail(f'Cannot flush queue ID - invalid name: "{text[:100]}"')
    queue_id = our_queue_id(text)
    # What no message here can be called needs no flushing.
    if queue_id is not None:
        _flush(FlushMessage(queue_id))


def _flush_site(text: str) -> None:
    name = is_domain(text) and not text.rpartition(".")[2].isdigit()
    if not (name or _LITERAL.fullmatch(text)):
        _fail(f'Cannot flush mail queue - invalid destination: "{text[:100]}"')
    try:
        if not is_flushed(text):
            _fail(f'Flush service is not configured for destination "{text}"')
    except (ConfigError, TableError) as error:
        _fail(str(error))
    _flush(FlushSite(text))


def _warn(text: str) -> None:
    sys.stderr.write(f"postqueue: warning: {text}\n")


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"postqueue: fatal: {text}\n")
    sys.exit(_EX_UNAVAILABLE)


if __name__ == "__main__":
    main()
