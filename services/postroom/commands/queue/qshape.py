"""qshape(1): how queued mail is spread over domains and ages."""

import os
import sys
import time
from collections.abc import Iterator
from getopt import GetoptError, gnu_getopt
from typing import NamedTuple, NoReturn

from postroom.commands.queue import on_disk, submitted
from postroom.commands.queue.questions import NotPermitted
from postroom.commands.queue.shape import MIN_WIDTH, Ages, Shape
from postroom.commands.served_directory import asked_for, go_by
from postroom.contracts.showq import Entry, QueueName
from postroom.ipc.contract import Unavailable

USAGE = (
    "usage: qshape [-s (senders)] [-p (parent domains)] [-m min_subdomains] [-l (linear)]"
    " [-b bucket_count] [-t bucket_time] [-w terminal_width] [-N batch_msg_count]"
    " [-n batch_top_domains] [-c config_directory] [queue_name...]"
)
# Directories of Postfix; a message that is stored is active or waits.
_QUEUES = {queue.value: queue for queue in QueueName} | {"incoming": QueueName.ACTIVE}
# Moves a terminal's cursor to the upper left corner of an empty screen.
_CLEAR = "\x1b[H\x1b[2J"


class Wishes(NamedTuple):
    """The options, by the letters -s, -p, -m, -w, -N and -n; -b, -t and -l are ``ages``."""

    ages: Ages
    senders: bool
    parents: bool
    min_children: int
    width: int
    batch: int
    top: int


def main() -> NoReturn:
    try:
        options, names = gnu_getopt(sys.argv[1:], "lspc:b:m:n:N:t:w:")
        wishes = _wishes(dict(options), terminal=sys.stdout.isatty())
    except (GetoptError, ValueError) as error:
        _fail(f"{error}\n{USAGE}")
    if complaint := go_by(asked_for(options)):
        _fail(complaint)
    try:
        _print(_shape(wishes, _queues(names)), wishes)
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)
    except NotPermitted:
        _fail("you are not allowed to view the mail queue")
    except Unavailable as error:
        _fail(f"mail system is down ({error})")
    except PermissionError as error:
        _fail(f"{error.filename}: {error.strerror}")
    sys.exit(0)


def _wishes(given: dict[str, str], *, terminal: bool) -> Wishes:
    """What is 0 counts as not given. A terminal shows results on the way, and the top alone."""

    def number(letter: str, otherwise: int) -> int:
        return int(given.get(letter, "0")) or otherwise

    return Wishes(
        Ages(number("-b", 10), number("-t", 5), linear="-l" in given),
        senders="-s" in given,
        parents="-p" in given,
        min_children=number("-m", 5),
        width=number("-w", MIN_WIDTH),
        batch=number("-N", 1000) if terminal else 0,
        top=number("-n", 20) if terminal else 0,
    )


def _queues(names: list[str]) -> set[QueueName]:
    queues: set[QueueName] = set()
    for name in names or ["incoming", "active"]:
        if name in _QUEUES:
            queues.add(_QUEUES[name])
        else:
            sys.stderr.write(f"qshape: {name}: no such queue\n")
    return queues


def _shape(wishes: Wishes, queues: set[QueueName]) -> Shape:
    shape = Shape(wishes.ages, senders=wishes.senders, parents=wishes.parents)
    now = time.time()
    count = 0
    for entry in _entries(queues):
        if entry.queue in queues:
            shape.add(entry, now)
            count += 1
            if wishes.batch and count % wishes.batch == 0:
                _print(shape, wishes)
    return shape


def _entries(queues: set[QueueName]) -> Iterator[Entry]:
    """The queue manager knows nothing of the maildrop."""
    if QueueName.MAILDROP in queues:
        yield from submitted.entries()
    if queues - {QueueName.MAILDROP}:
        # Postfix's qshape, too, says nothing of how it sees what is there.
        for page in on_disk.asked_or_seen(lambda _: None):
            yield from page


def _print(shape: Shape, wishes: Wishes) -> None:
    lines = shape.table(wishes.width, wishes.min_children, wishes.top)
    text = "".join(f"{line}\n" for line in lines)
    sys.stdout.write(_CLEAR + text if wishes.batch else text)


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"qshape: {text}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
