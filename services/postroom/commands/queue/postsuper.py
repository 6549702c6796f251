"""postsuper(1): delete, hold, release, requeue and expire queued mail; for the superuser."""

import asyncio
import os
import sys
from getopt import GetoptError, getopt
from pathlib import Path
from typing import NoReturn

from postroom.commands.log_name import log_name
from postroom.commands.options import complaint
from postroom.commands.queue.changes import CHANGES, EVERY_QUEUE, Changer, Wish
from postroom.commands.queue.requeue import Terms, terms_of
from postroom.commands.served_directory import asked_for, go_by
from postroom.config.configuration import load
from postroom.config.problem import ConfigError
from postroom.contracts.queue_admin import Queues
from postroom.contracts.showq import QueueName
from postroom.instance import configuration_directory
from postroom.ipc.contract import Unavailable
from postroom.maillog.postsuper import PostsuperLog

USAGE = (
    "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)]"
    " [-f queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id (un-hold)]"
    " [-p (purge temporary files)] [-r queue_id (requeue)] [-s (structure fix)]"
    " [-S (redundant structure fix)][-v (verbose)] [queue...]"
)
# Directories of Postfix that an admin may name; there is never mail in some of them here.
_DIRECTORIES: dict[str, Queues] = {
    **{queue.value: (queue,) for queue in EVERY_QUEUE},
    "incoming": (QueueName.ACTIVE,),
    **dict.fromkeys(("bounce", "defer", "trace", "flush"), ()),
}


def main() -> NoReturn:
    """-p, -s and -S have nothing to do: see postsuper(1)."""
    if os.geteuid() != 0:
        _fail(_log(), "use of this command is reserved for the superuser")
    try:
        options, names = getopt(sys.argv[1:], "c:d:e:f:h:H:pr:sSv")
    except GetoptError as error:
        sys.stderr.write(f"postsuper: {complaint(error)}\n")
        _fail(_log(), USAGE)
    if refusal := go_by(asked_for(options)):
        _fail(_log(), refusal)
    log = _log()
    queues = _queues(log, names)
    wishes = [Wish(CHANGES[option], value) for option, value in options if option in CHANGES]
    try:
        asyncio.run(Changer(log, _terms()).fulfil(wishes, queues))
    except Unavailable as error:
        _fail(log, f"the queue manager does not answer: {error}")
    sys.exit(0)


def _queues(log: PostsuperLog, names: list[str]) -> Queues:
    """The queues named, or all of them."""
    found: dict[QueueName, None] = {}
    for name in names:
        if name not in _DIRECTORIES:
            _fail(log, f"invalid directory name: {name}")
        found.update(dict.fromkeys(_DIRECTORIES[name]))
    return tuple(found) if names else EVERY_QUEUE


def _log() -> PostsuperLog:
    return PostsuperLog.open(log_name(Path(configuration_directory())), "postsuper")


def _terms() -> Terms:
    """A configuration that cannot be read is no reason to leave the queue alone."""
    try:
        return terms_of(load(Path(configuration_directory())))
    except ConfigError:
        return Terms()


def _fail(log: PostsuperLog, text: str) -> NoReturn:
    log.fatal(text)
    sys.exit(1)


if __name__ == "__main__":
    main()
