"""The command line of sendmail(1): each mode, and how it ends."""

import pwd
import sys
from posix import environ, execv, getuid, read, write

from postroom.commands.sendmail.options import Bad, Mode, Options, parse
from postroom.commands.sendmail.standard_input import message_pieces
from postroom.commands.sendmail.submission import Refused, Unreachable, submit
from postroom.commands.served_directory import asked_for, choose, go_by
from postroom.contracts.postdrop import NO_SUBMITTER, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

EX_DATAERR = 65
EX_TEMPFAIL = 75
# What is wrong with the command line or the message itself; all else may come again.
_OF_THE_CALL = ("5.5.2", "5.5.3", "5.5.4")
_IN_ONE_LINE = dict.fromkeys((*range(32), 127), " ")
_NO_RECIPIENT = "Recipient addresses must be specified on the command line or via the -t option"


def main() -> None:
    try:
        options = parse(_name(), sys.argv[1:])
    except Bad as error:
        _fail(EX_TEMPFAIL, str(error))
    for warning in options.warnings:
        _say(f"warning: {warning}")
    _go_by(options)
    verp = "" if options.verp is False else _verp_delimiters(options.verp)
    if options.mode == Mode.DELIVER:
        _deliver(options, verp)
    elif options.mode == Mode.SMTP:
        _speak_smtp()
    elif options.mode == Mode.LIST_QUEUE:
        _become("postqueue", "-p")
    elif options.mode == Mode.FLUSH_QUEUE:
        _become("postqueue", *options.flush)
    elif options.mode == Mode.BUILD_ALIASES:
        _become("newaliases", *((f"-oA{options.aliases}",) if options.aliases else ()))
    elif options.mode == Mode.DAEMON:
        _become("postroom", "start")


def _go_by(options: Options) -> None:
    """-C and MAIL_CONFIG; alias databases may be those of any configuration."""
    if options.mode == Mode.BUILD_ALIASES:
        if options.config_directory:
            choose(options.config_directory)
    elif complaint := go_by(options.config_directory or asked_for()):
        _fail(EX_TEMPFAIL, complaint)


def _deliver(options: Options, verp: str) -> None:
    if options.trace == "verify":
        _check_probe(options)
    if verp and options.sender == "":
        _fail(EX_TEMPFAIL, f"{_caller(options)}: -V option requires non-null sender address")
    if not options.recipients and not options.extract:
        _fail(EX_TEMPFAIL, f"{_caller(options)}: {_NO_RECIPIENT}")
    try:
        submit(_request(options, verp), _content(options))
    except UnicodeEncodeError:
        _fail(EX_DATAERR, f"{_caller(options)}: an address that is not UTF-8")
    except Refused as refused:
        code = EX_DATAERR if refused.code in _OF_THE_CALL else EX_TEMPFAIL
        whose = "" if refused.code == NO_SUBMITTER else f"{_caller(options)}: "
        _fail(code, f"{whose}{refused.text}")
    except Unreachable as error:
        _fail(EX_TEMPFAIL, f"{_caller(options)}: mail submission is not available: {error}")
    if options.trace:
        _announce_report(_login() if options.sender is None else options.sender)


def _request(options: Options, verp: str) -> Request:
    return Request(
        sender=options.sender,
        full_name=_full_name(options),
        recipients=options.recipients,
        extract=options.extract,
        notify=options.notify,
        ret=options.ret,
        envid=options.envid,
        body=options.body,
        trace=options.trace,
        gateway=options.gateway,
        verp=verp,
    )


def _full_name(options: Options) -> str:
    """In one line of text, whatever a program has found somewhere."""
    given = options.full_name.encode("utf-8", "surrogateescape") or environ.get(b"NAME", b"")
    return given.decode("utf-8", "replace").translate(_IN_ONE_LINE)


def _verp_delimiters(given: bool | str) -> str:
    # Only this option needs main.cf, which takes longer to read than all else.
    from postroom.commands.sendmail.verp import BadDelimiters, delimiters  # noqa: PLC0415

    try:
        return delimiters(given)
    except BadDelimiters as error:
        _fail(EX_TEMPFAIL, str(error))


def _check_probe(options: Options) -> None:
    """There is no message to look into, and a report is all that anybody gets."""
    for option, is_given in (("-t", options.extract), ("-N", options.notify), ("-R", options.ret)):
        if is_given:
            _fail(EX_TEMPFAIL, f"{option} option cannot be used with -bv")


def _content(options: Options) -> "Iterator[bytes]":
    if options.trace != "verify":
        return message_pieces(_read_input, options.dot_ends)
    recipients = ",\n\t".join(options.recipients)
    return iter((f"Subject: probe\nTo: {recipients}\n\n".encode(),))


def _announce_report(sender: str) -> None:
    try:
        write(1, f"Mail Delivery Status Report will be mailed to <{sender}>.\n".encode())
    except OSError:
        return  # The message is safe, whether anybody reads this or not.


def _caller(options: Options) -> str:
    """Whose message it is, by his own word."""
    return f"{_login() if options.sender is None else options.sender}({getuid()})"


def _login() -> str:
    """What postdrop calls the caller."""
    uid = getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def _speak_smtp() -> None:
    # Only this mode needs the protocol engine, which takes longer to load than all the rest.
    from postroom.commands.sendmail import smtp  # noqa: PLC0415

    smtp.main()


def _read_input(length: int) -> bytes:
    return read(0, length)


def _become(program: str, *arguments: str) -> "NoReturn":
    """The one beside this, whosever the commands on the path are."""
    # Only these modes need it.
    from os.path import realpath  # noqa: PLC0415

    path = f"{realpath(sys.argv[0]).rpartition('/')[0]}/{program}"
    execv(path, [path, *arguments])


def _name() -> str:
    """What we were called by: mailq and newaliases are links."""
    return sys.argv[0].rpartition("/")[2]


def _fail(code: int, text: str) -> "NoReturn":
    _say(f"fatal: {text}")
    sys.exit(code)


def _say(text: str) -> None:
    try:
        write(2, f"{_name()}: {text}\n".encode("utf-8", "backslashreplace"))
    except OSError:
        return  # Nobody reads it; a caller that keeps no such stream open goes by the exit code.


if __name__ == "__main__":
    main()
