"""Where the queue and the programs are, and whose the queue is, by main.cf.

A main.cf that was Postfix's names Postfix's queue, programs and user. Those stay Postfix's, and
mean here what is ours: two mail systems in one queue would destroy it.
"""

import re

from postroom import instance
from postroom.config.lookup import Lookup
from postroom.config.parameters import declaration

# /var/spool/postfix, /usr/lib/postfix/sbin, postfix-out …
_OF_POSTFIX = re.compile(r"(?:.*/)?postfix(?:[-/].*)?", re.DOTALL)


def belongs_to_postfix(value: str) -> bool:
    """Whether a path or an account is Postfix's own, by its name."""
    return _OF_POSTFIX.fullmatch(value) is not None


def queue_directory(lookup: Lookup) -> str:
    """Where the queue is."""
    chosen = lookup.text("queue_directory")
    if belongs_to_postfix(chosen):
        return instance.queue_directory(lookup.instance)
    return chosen.rstrip("/")


def mail_owner(lookup: Lookup) -> str:
    """Whose the queue is: the user that qmgr runs as, and who may ask the delivery agents."""
    chosen = lookup.text("mail_owner")
    return _default("mail_owner") if belongs_to_postfix(chosen) else chosen


def daemon_directory(lookup: Lookup) -> str:
    """Where the daemons' Python package is; empty for where the package manager puts it."""
    chosen = lookup.text("daemon_directory").rstrip("/")
    return "" if belongs_to_postfix(chosen) or chosen == _default("daemon_directory") else chosen


def _default(name: str) -> str:
    parameter = declaration(name)
    assert parameter is not None, f"{name} is not declared"
    return parameter.default
