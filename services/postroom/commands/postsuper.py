"""postsuper(1): delete, hold, release, requeue and expire queued mail; for the superuser."""

import asyncio
import os
import sys
from collections.abc import Iterator
from getopt import GetoptError, gnu_getopt
from typing import NamedTuple, NoReturn

from msgspec import ValidationError, convert

from postroom.commands.queue_questions import superuser
from postroom.contracts.queue_admin import Action, Apply
from postroom.contracts.showq import QueueName
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.queue_id import QueueId

USAGE = (
    "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)]"
    " [-f queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id (un-hold)]"
    " [-p (purge temporary files)] [-r queue_id (requeue)] [-s (structure fix)]"
    " [-S (redundant structure fix)] [-v (verbose)] [queue...]"
)


class _Operation(NamedTuple):
    """An option: what it asks for, the queues it looks at by itself, and what it says."""

    action: Action
    queues: tuple[QueueName, ...]
    each: str
    total: str


_EVERY = tuple(QueueName)
_OPERATIONS = {
    "-d": _Operation(Action.DELETE, _EVERY, "removed", "Deleted"),
    "-e": _Operation(Action.EXPIRE, _EVERY, "expired", "Force-expired"),
    "-f": _Operation(Action.FORCE_EXPIRE, _EVERY, "expired", "Force-expired"),
    "-h": _Operation(
        Action.HOLD, (QueueName.ACTIVE, QueueName.DEFERRED), "placed on hold", "Placed on hold"
    ),
    "-H": _Operation(Action.RELEASE, (QueueName.HOLD,), "released from hold", "Released from hold"),
    "-r": _Operation(Action.REQUEUE, _EVERY, "requeued", "Requeued"),
}
# Directories a Postfix admin may name; mail is never seen in some of them here.
_DIRECTORIES = {
    **{queue.value: (queue,) for queue in QueueName},
    "incoming": (QueueName.ACTIVE,),
    "maildrop": (),
}


def main() -> NoReturn:
    if os.geteuid() != 0:
        _fail("use of this command is reserved for the superuser")
    try:
        options, names = gnu_getopt(sys.argv[1:], "c:d:e:f:h:H:pr:sSv")
    except GetoptError:
        _fail(USAGE)
    queues = _queues(names)
    wishes = [(_OPERATIONS[option], value) for option, value in options if option in _OPERATIONS]
    try:
        asyncio.run(_work(wishes, queues))
    except Unavailable as error:
        _fail(f"the queue manager does not answer: {error}")
    sys.exit(0)


async def _work(wishes: list[tuple[_Operation, str]], queues: tuple[QueueName, ...] | None) -> None:
    """-p, -s and -S have nothing to do: the queue manager puts its files in order at start."""
    client = superuser()
    counts: dict[str, int] = {}
    try:
        for operation, value in wishes:
            done = await _operate(client, operation, value, queues)
            counts[operation.total] = counts.get(operation.total, 0) + done
    finally:
        client.close()
    for total, count in counts.items():
        if count:
            _say(f"{total}: {count} message{'' if count == 1 else 's'}")


async def _operate(
    client: Client, operation: _Operation, value: str, queues: tuple[QueueName, ...] | None
) -> int:
    if value == "ALL":
        whole = operation.queues if queues is None else queues
        return (await client.ask(Apply(operation.action, "", whole))).count
    count = 0
    for queue_id in _queue_ids(value):
        answer = await client.ask(
            Apply(operation.action, queue_id, operation.queues if queues is None else queues)
        )
        if answer.count:
            _say(f"{queue_id}: {operation.each}")
        count += answer.count
    return count


def _queue_ids(value: str) -> Iterator[QueueId]:
    """The id given, or those on standard input; what is none is warned of and left out."""
    words = (line.strip() for line in sys.stdin) if value == "-" else iter((value,))
    for word in words:
        try:
            yield convert(word, QueueId)
        except ValidationError:
            _say(f"warning: invalid mail queue id: {word}")


def _queues(names: list[str]) -> tuple[QueueName, ...] | None:
    """The queues named; None if none is, and each option looks where it looks by itself."""
    if not names:
        return None
    found: list[QueueName] = []
    for name in names:
        if name not in _DIRECTORIES:
            _fail(f"invalid directory name: {name}")
        found.extend(_DIRECTORIES[name])
    return tuple(dict.fromkeys(found))


def _say(text: str) -> None:
    sys.stderr.write(f"postsuper: {text}\n")


def _fail(text: str) -> NoReturn:
    _say(f"fatal: {text}")
    sys.exit(1)


if __name__ == "__main__":
    main()
