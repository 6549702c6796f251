"""postsuper(1): delete, hold, release, requeue and expire queued mail; for the superuser."""

import asyncio
import os
import sys
from getopt import GetoptError, gnu_getopt
from pathlib import Path
from typing import NoReturn

from postroom.commands.queue.changes import CHANGES, EVERY_QUEUE, Changer, Wish
from postroom.commands.queue.requeue import Terms, terms_of
from postroom.commands.served_directory import asked_for, objection
from postroom.config.configuration import DEFAULT_DIRECTORY, Configuration, load
from postroom.config.problem import ConfigError
from postroom.contracts.queue_admin import Queues
from postroom.contracts.showq import QueueName
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
    configuration = _configuration()
    syslog_name = configuration.text("syslog_name") if configuration is not None else "postfix"
    log = PostsuperLog.open(syslog_name, "postsuper")
    if os.geteuid() != 0:
        _fail(log, "use of this command is reserved for the superuser")
    try:
        options, names = gnu_getopt(sys.argv[1:], "c:d:e:f:h:H:pr:sSv")
    except GetoptError as error:
        sys.stderr.write(f"postsuper: {error}\n")
        _fail(log, USAGE)
    if complaint := objection(asked_for(options)):
        _fail(log, complaint)
    queues = _queues(log, names)
    wishes = [Wish(CHANGES[option], value) for option, value in options if option in CHANGES]
    try:
        terms = terms_of(configuration) if configuration is not None else Terms()
        asyncio.run(Changer(log, terms).fulfil(wishes, queues))
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


def _configuration() -> Configuration | None:
    """One that cannot be read is no reason to leave the queue alone."""
    try:
        return load(Path(os.environ.get("MAIL_CONFIG", DEFAULT_DIRECTORY)))
    except ConfigError:
        return None


def _fail(log: PostsuperLog, text: str) -> NoReturn:
    log.fatal(text)
    sys.exit(1)


if __name__ == "__main__":
    main()
