"""``postroom explain``: what would become of an address, a session or a message."""

import asyncio
import logging
import os
import pwd
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from postroom.config.configuration import load

if TYPE_CHECKING:
    from postroom.explanation.explaining import Explainer, Explanation

_DESCRIPTION = (
    "Without --client as sendmail would submit it on this machine, with it as a client of smtpd. "
    "Nothing is sent or stored."
)
# ``name[address]``, as the log shows a client.
_CLIENT = re.compile(r"(?P<name>[^\[\]]+)\[(?P<address>[^\[\]]+)\]")
_LOOPBACK = "localhost[127.0.0.1]"


def add_options(parser: ArgumentParser) -> None:
    parser.description = _DESCRIPTION
    parser.add_argument("what", nargs="*", help="addresses, or the file of one message")
    parser.add_argument("--client", help="address, or name[address], of a client of smtpd")
    parser.add_argument("--helo", help="what the client calls itself")
    parser.add_argument(
        "--user", type=_uid, default=os.getuid(), help="who submits it (default: whoever asks)"
    )
    parser.add_argument("--sender", help="envelope sender (default: that user)")
    parser.add_argument("--recipient", action="append", default=[], help="may be repeated")
    parser.add_argument("--service", default="", help="smtpd's name in master.cf")
    parser.add_argument("-v", "--verbose", action="store_true", help="show also what was not found")
    parser.add_argument("--json", action="store_true", help="for programs")


def _uid(user: str) -> int:
    """Of a login name, or a number that need not have one."""
    if user.isascii() and user.isdigit():
        return int(user)
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        raise ArgumentTypeError(f"there is no user {user}") from None


def explain(options: Namespace) -> int:
    """Exits 1 where the message would be refused."""
    # These know half of the daemons; other verbs need not wait for them.
    from postroom.commands.postroom.explanation_text import lines  # noqa: PLC0415
    from postroom.explanation.configured import NoService  # noqa: PLC0415
    from postroom.explanation.explaining import Explainer  # noqa: PLC0415
    from postroom.explanation.local_delivery import start_nursery  # noqa: PLC0415

    # What tables have to complain about is in the explanation.
    logging.disable(logging.WARNING)
    configuration = load(options.config_directory)
    try:
        explainer = Explainer(configuration, start_nursery())
        explanation = asyncio.run(_explanation(explainer, options))
    except NoService as error:
        sys.stderr.write(f"postroom: fatal: {error}\n")
        return 1
    if options.json:
        import msgspec  # noqa: PLC0415

        sys.stdout.write(f"{msgspec.json.format(msgspec.json.encode(explanation)).decode()}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(explanation, options.verbose))
    return int(explanation.refused)


async def _explanation(explainer: "Explainer", options: Namespace) -> "Explanation":
    from postroom.explanation.explaining import (  # noqa: PLC0415
        Submission,
        name_of,
        read_message,
    )
    from postroom.explanation.smtp_session import Visit  # noqa: PLC0415

    files = [word for word in options.what if "@" not in word and Path(word).is_file()]
    recipients = (*options.recipient, *(word for word in options.what if word not in files))
    content, named = read_message(Path(files[0]).read_bytes() if files else b"")
    recipients = recipients or named
    sender = name_of(options.user) if options.sender is None else options.sender
    if options.client is None and options.helo is None:
        return await explainer.submission(Submission(sender, recipients, content, options.user))
    client = options.client or _LOOPBACK
    match = _CLIENT.fullmatch(client)
    address, name = (match["address"], match["name"]) if match else (client, "")
    helo = options.helo or name or f"[{address}]"
    visit = Visit(address, name, helo, sender, recipients, content)
    return await explainer.session(options.service, visit)
