"""postqueue(1): list the queue, or have mail tried again; for every user. mailq calls it."""

import asyncio
import os
import re
import sys
from typing import NoReturn

from msgspec import ValidationError, convert

from postroom.commands.queue_permission import allowed, login_of
from postroom.commands.queue_questions import anybody, ask_once, entries
from postroom.commands.queue_report import EMPTY, HEADING, json_entry, summary, text_entry
from postroom.contracts.cleanup import Ready
from postroom.contracts.showq import Flush, FlushMessage, FlushSite
from postroom.ipc.contract import Question, Unavailable
from postroom.mail.queue_id import QueueId

USAGE = (
    "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site"
)
# sysexits.h
_EX_USAGE, _EX_UNAVAILABLE, _EX_NOPERM = 64, 69, 77
_SITE = re.compile(r"[A-Za-z0-9._-]{1,255}|\[[0-9A-Za-z:.]{1,255}\]")


def main() -> NoReturn:
    try:
        _run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)
    sys.exit(0)


def _run(arguments: list[str]) -> None:
    match _without_settings(arguments):
        case ["-p"]:
            _list(as_json=False)
        case ["-j"]:
            _list(as_json=True)
        case ["-f"]:
            _flush(Flush())
        case ["-i", queue_id]:
            _flush(FlushMessage(_queue_id(queue_id)))
        case ["-s", site]:
            _flush(FlushSite(_site(site)))
        case _:
            _fail(USAGE, _EX_USAGE)


def _without_settings(arguments: list[str]) -> list[str]:
    """Options with their values apart; -c and -v change nothing of what is asked."""
    rest: list[str] = []
    position = 0
    while position < len(arguments):
        argument = arguments[position]
        position += 1
        if argument.startswith("-") and argument[1:2] in {"c", "i", "s"}:
            value = argument[2:]
            if not value and position < len(arguments):
                value = arguments[position]
                position += 1
            if argument[1] == "c":
                os.environ["MAIL_CONFIG"] = value
            else:
                rest += [argument[:2], value]
        elif argument.strip("v") != "-":
            rest.append(argument)
    return rest


def _list(*, as_json: bool) -> None:
    if not allowed("authorized_mailq_users"):
        _fail(f"User {_me()} is not allowed to view the mail queue", _EX_NOPERM)
    try:
        asyncio.run(_print_json() if as_json else _print_text())
    except Unavailable as error:
        _fail(f"Queue report unavailable - mail system is down ({error})", _EX_UNAVAILABLE)


async def _print_text() -> None:
    size = count = 0
    client = anybody()
    async for entry in entries(client):
        if not count:
            print(HEADING)
        count += 1
        size += entry.size
        print(*text_entry(entry), sep="\n")
    client.close()
    print(summary(size, count) if count else EMPTY)


async def _print_json() -> None:
    client = anybody()
    async for entry in entries(client):
        print(json_entry(entry))
    client.close()


def _flush(question: Question[Ready]) -> None:
    if not allowed("authorized_flush_users"):
        _fail(f"User {_me()} is not allowed to flush the mail queue", _EX_NOPERM)
    try:
        ask_once(question)
    except Unavailable:
        _fail("Cannot flush mail queue - mail system is down", _EX_UNAVAILABLE)


def _queue_id(text: str) -> QueueId:
    try:
        return convert(text, QueueId)
    except ValidationError:
        _fail(f'Cannot flush queue ID - invalid name: "{text[:100]}"', _EX_USAGE)


def _site(text: str) -> str:
    if not _SITE.fullmatch(text):
        _fail(f'Cannot flush mail queue - invalid destination: "{text[:100]}"', _EX_USAGE)
    return text


def _me() -> str:
    return f"{login_of(os.getuid())}({os.getuid()})"


def _fail(text: str, code: int) -> NoReturn:
    sys.stderr.write(f"postqueue: fatal: {text}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
