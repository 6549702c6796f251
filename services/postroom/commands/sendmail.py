"""sendmail(1): the command every program on the machine uses to send mail.

Speaks to postdrop's socket, needs no privilege, and returns 0 only after postdrop said that
the message is safe. Also mailq (-bp), newaliases (-bi) and an SMTP dialogue on the standard
input (-bs). Started for every mail that cron writes, so it imports next to nothing.

STANDARDS: the exit codes are sysexits.h's; the options are Sendmail's as Postfix takes them.
"""

import os
import sys
from typing import NoReturn

from postroom.commands.sendmail_options import Bad, Mode, Options, parse
from postroom.commands.standard_input import message_pieces
from postroom.commands.submission import Refused, Unreachable, submit
from postroom.contracts.postdrop import Request

EX_USAGE = 64
EX_DATAERR = 65
EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75
_EXIT_CODES = {"5.3.4": EX_UNAVAILABLE, "5.1.0": EX_TEMPFAIL}

_SBIN = "/usr/sbin"


def main() -> None:
    try:
        options = parse(os.path.basename(sys.argv[0]), sys.argv[1:])
    except Bad as error:
        _fail(EX_TEMPFAIL, str(error))
    if options.mode is Mode.DELIVER:
        _deliver(options)
    elif options.mode is Mode.SMTP:
        _speak_smtp()
    elif options.mode is Mode.LIST_QUEUE:
        _become("postqueue", "-p")
    elif options.mode is Mode.FLUSH_QUEUE:
        _become("postqueue", *options.flush)
    elif options.mode is Mode.BUILD_ALIASES:
        _become("newaliases")
    else:
        _become("postroom", "start")


def _deliver(options: Options) -> None:
    request = Request(
        sender=options.sender,
        full_name=options.full_name or os.environ.get("NAME", ""),
        recipients=options.recipients,
        extract=options.extract,
        notify=options.notify,
        ret=options.ret,
        envid=options.envid,
        body=options.body,
    )
    if not options.recipients and not options.extract:
        _fail(EX_TEMPFAIL, "Recipient addresses must be specified on the command line or via -t")
    try:
        submit(request, message_pieces(_read_input, options.dot_ends))
    except UnicodeEncodeError:
        _fail(EX_DATAERR, "an address that is not UTF-8")
    except Refused as refused:
        code = _EXIT_CODES.get(refused.code, EX_DATAERR)
        _fail(EX_TEMPFAIL if refused.code.startswith("4") else code, refused.text)
    except Unreachable as error:
        _fail(EX_TEMPFAIL, f"mail submission is not available: {error}")


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
