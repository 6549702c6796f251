"""sendmail(1): the command every program on the machine uses to send mail.

Speaks to postdrop's socket, needs no privilege, and returns 0 only after postdrop said that
the message is safe. With -bv nothing is read and nothing delivered, with -v it is; after both
the sender gets a report on each recipient. Also mailq (-bp), newaliases (-bi) and an SMTP
dialogue on the standard input (-bs). Started for every mail that cron writes, so it imports
next to nothing.

STANDARDS: the exit codes are sysexits.h's; the options are Sendmail's as Postfix takes them.
"""

import os
import pwd
import sys
from collections.abc import Iterator
from typing import NoReturn

from postroom.commands.sendmail_options import Bad, Mode, Options, parse
from postroom.commands.standard_input import message_pieces
from postroom.commands.submission import Refused, Unreachable, submit
from postroom.contracts.postdrop import Request

EX_USAGE = 64
EX_DATAERR = 65
EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75
_EXIT_CODES = {"5.3.4": EX_UNAVAILABLE, "5.1.0": EX_TEMPFAIL, "5.7.1": EX_TEMPFAIL}

_SBIN = "/usr/sbin"


def main() -> None:
    try:
        options = parse(os.path.basename(sys.argv[0]), sys.argv[1:])
    except Bad as error:
        _fail(EX_USAGE, str(error))
    if options.mode is Mode.DELIVER:
        _deliver(options)
    elif options.mode is Mode.SMTP:
        _speak_smtp()
    elif options.mode is Mode.LIST_QUEUE:
        if options.recipients:
            _fail(EX_TEMPFAIL, "display queue mode requires no recipient")
        _become("postqueue", "-p")
    elif options.mode is Mode.FLUSH_QUEUE:
        _become("postqueue", *options.flush)
    elif options.mode is Mode.BUILD_ALIASES:
        _become("newaliases")
    else:
        _become("postroom", "start")


def _deliver(options: Options) -> None:
    if options.trace == "verify":
        _check_probe(options)
    if not options.recipients and not options.extract:
        _fail(EX_TEMPFAIL, "Recipient addresses must be specified on the command line or via -t")
    try:
        submit(_request(options), _content(options))
    except UnicodeEncodeError:
        _fail(EX_DATAERR, "an address that is not UTF-8")
    except Refused as refused:
        code = _EXIT_CODES.get(refused.code, EX_DATAERR)
        _fail(EX_TEMPFAIL if refused.code.startswith("4") else code, refused.text)
    except Unreachable as error:
        _fail(EX_TEMPFAIL, f"mail submission is not available: {error}")
    if options.trace:
        _announce_report(_login() if options.sender is None else options.sender)


def _request(options: Options) -> Request:
    return Request(
        sender=options.sender,
        full_name=options.full_name or os.environ.get("NAME", ""),
        recipients=options.recipients,
        extract=options.extract,
        notify=options.notify,
        ret=options.ret,
        envid=options.envid,
        body=options.body,
        trace=options.trace,
    )


def _check_probe(options: Options) -> None:
    """There is no message to look into, and a report is all that anybody gets."""
    for option, is_given in (("-t", options.extract), ("-N", options.notify), ("-R", options.ret)):
        if is_given:
            _fail(EX_USAGE, f"{option} option cannot be used with -bv")


def _content(options: Options) -> Iterator[bytes]:
    if options.trace != "verify":
        return message_pieces(_read_input, options.dot_ends)
    recipients = ",\n\t".join(options.recipients)
    return iter((f"Subject: probe\nTo: {recipients}\n\n".encode(),))


def _announce_report(sender: str) -> None:
    try:
        os.write(1, f"Mail Delivery Status Report will be mailed to <{sender}>.\n".encode())
    except OSError:
        return  # The message is safe, whether anybody reads this or not.


def _login() -> str:
    """What postdrop calls the caller."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def _speak_smtp() -> None:
    # Only this mode needs the protocol engine, which takes longer to load than all the rest.
    from postroom.commands import sendmail_smtp  # noqa: PLC0415

    sendmail_smtp.main()


def _read_input(length: int) -> bytes:
    return os.read(0, length)


def _become(program: str, *arguments: str) -> NoReturn:
    path = f"{_SBIN}/{program}"
    os.execv(path, [path, *arguments])  # noqa: S606


def _fail(code: int, text: str) -> NoReturn:
    sys.stderr.write(f"sendmail: fatal: {text}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
