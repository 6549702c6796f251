"""``sendmail -bs``: an SMTP session on the standard streams, for a local program.

The messages go to postdrop like those of plain sendmail, as the calling user's; no smtpd and
no network is involved (RFC 5321's grammar is the same, and the same engine's).
"""

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from postroom.commands.sendmail.session import Session
from postroom.config.configuration import load
from postroom.config.problem import ConfigError
from postroom.esmtp.extensions import Extensions
from postroom.instance import configuration_directory
from postroom.tables.match_list import NetworkList
from postroom.tables.table import TableError
from postroom.tables.user_list import UserList, named

_EX_TEMPFAIL = 75


class Settings(Struct, frozen=True, kw_only=True):
    """The parameters of main.cf that smtpd, too, goes by, and who may send mail at all."""

    allow_min_user: bool
    authorized_submit_users: tuple[str, ...]
    default_verp_delimiters: str
    disable_vrfy_command: bool
    message_size_limit: int
    myhostname: str
    smtpd_authorized_verp_clients: tuple[str, ...]
    smtputf8_enable: bool
    strict_rfc821_envelopes: bool
    strict_smtputf8: bool
    verp_delimiter_filter: str


def main() -> None:
    directory = Path(configuration_directory())
    try:
        settings = load(directory).settings(Settings)
    except ConfigError:
        # Mail is taken all the same.
        Session(0, 1, socket.gethostname(), Extensions(chunking=False)).run()
    else:
        _check_submitter(settings)
        Session(0, 1, settings.myhostname, extensions(settings)).run()


def extensions(settings: Settings) -> Extensions:
    """What EHLO offers; content comes by DATA, as every client can send it."""
    verp = _may_ask_for_verp(settings.smtpd_authorized_verp_clients)
    return Extensions(
        size_limit=settings.message_size_limit,
        vrfy=not settings.disable_vrfy_command,
        verp_delimiters=settings.default_verp_delimiters if verp else "",
        verp_filter=settings.verp_delimiter_filter if verp else "",
        smtputf8=settings.smtputf8_enable,
        chunking=False,
        strict=settings.strict_rfc821_envelopes,
        strict_utf8=settings.strict_smtputf8,
        dash_first=settings.allow_min_user,
    )


def _check_submitter(settings: Settings) -> None:
    """postdrop has the last word; without this one a session would be held for nothing."""
    uid = os.getuid()
    try:
        allowed = UserList(settings.authorized_submit_users).allows(uid)
    except TableError as error:
        _fail(str(error))
    if not allowed:
        _fail(f"User {named(uid)} is not allowed to submit mail")


def _may_ask_for_verp(clients: tuple[str, ...]) -> bool:
    """A local program counts as a client on this machine; a list that cannot be searched has
    nobody."""
    try:
        return NetworkList(clients, parents=False).match("localhost", "127.0.0.1")
    except TableError:
        return False


def _fail(text: str) -> NoReturn:
    sys.stderr.write(f"sendmail: fatal: {text}\n")
    sys.exit(_EX_TEMPFAIL)
