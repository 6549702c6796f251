"""The grammar of command lines: text in, a command out, or the reply that refuses it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from postroom.esmtp import client_attributes, limits
from postroom.esmtp.command import (
    Auth,
    Bdat,
    Command,
    Data,
    Ehlo,
    Etrn,
    Helo,
    Help,
    Mail,
    Noop,
    Quit,
    Rcpt,
    Rset,
    StartTls,
    Unknown,
    Vrfy,
    Xclient,
    Xforward,
)
from postroom.esmtp.extensions import Extensions
from postroom.esmtp.parameters import Refused, mail_parameters, rcpt_parameters
from postroom.esmtp.reply import Reply
from postroom.mail.address import AddressError, is_domain, literal, parse_path, split_address

# <path> with any quoted string in it, then parameters.
_INSIDE = r'(?:[^<>"\\]|\\.|"(?:[^"\\]|\\.)*")*'
_PATH = re.compile(rf"[ \t]*<({_INSIDE})>(?:[ \t]+(.*))?")
# What sloppy clients send: brackets within the brackets; or none (main.cf:
# strict_rfc821_envelopes).
_BRACKETED_TWICE = re.compile(rf"[ \t]*<[ \t]*<({_INSIDE})>[ \t]*>(?:[ \t]+(.*))?")
_BARE_PATH = re.compile(r'[ \t]*([^\s<>"]+)(?:[ \t]+(.*))?')
# ``Name <path>``, as VRFY may be asked.
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")
_NO_LETTER = (*"0123456789", "]")
_BDAT = re.compile(rf"([0-9]{{1,{limits.SIZE_DIGITS}}})(?:[ \t]+(LAST))?", re.IGNORECASE)
_NOT_UTF8 = Reply(500, "5.5.2", "Error: bad UTF-8 syntax")
_BAD_SYNTAX = Reply(500, "5.5.2", "Error: bad syntax")
_UNDECLARED_UTF8 = Reply(553, "5.6.7", "Must declare SMTPUTF8 to send unicode address")
_BAD_SENDER = Reply(501, "5.1.7", "Bad sender address syntax")
_BAD_RECIPIENT = Reply(501, "5.1.3", "Bad recipient address syntax")
_VERP_WITHOUT_SENDER = Reply(503, "5.5.4", "Error: XVERP requires non-null sender")
_MAIL_SYNTAX = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address>")
_RCPT_SYNTAX = Reply(501, "5.5.4", "Syntax: RCPT TO:<address>")
# Where the octets end cannot be known, so the session cannot go on.
_BDAT_SYNTAX = Reply(521, "5.5.4", "Syntax: BDAT count [LAST]")
_AUTH_SYNTAX = Reply(501, "5.5.4", "Syntax: AUTH mechanism")
NO_AUTH = Reply(503, "5.5.1", "Error: authentication not enabled")
_NOT_AUTHORIZED = Reply(550, "5.7.0", "Error: insufficient authorization")
_NULL_BDAT = Reply(551, "5.7.1", "Null BDAT request")


def parse_command(line: bytes, extensions: Extensions) -> Command:
    """The command in a line without its line end; raises Refused."""
    command = _WITHOUT_ARGUMENT.get(line)
    if command is not None:
        return command
    text = _decode(line)
    word, _, rest = text.partition(" ")
    parser = _PARSERS.get(word.upper())
    if parser is None:
        return _unusual(text, extensions)
    return parser(rest.strip(), extensions)


def _unusual(text: str, extensions: Extensions) -> Command:
    """Perhaps a tab or a space stands where none should."""
    words = text.split(None, 1)
    if not words:
        raise Refused(_BAD_SYNTAX)
    parser = _PARSERS.get(words[0].upper())
    if parser is None:
        return Unknown(words[0], text)
    return parser(words[1].strip() if len(words) > 1 else "", extensions)


def verb_of(line: bytes) -> str:
    """The command of a line that was refused; ``UNKNOWN`` if it is none of ours."""
    verb = line[: _LONGEST_VERB + 1].split(None, 1)[:1]
    name = verb[0].decode("ascii", "replace").upper() if verb else ""
    return name if name in _PARSERS else Unknown.verb


def _decode(line: bytes) -> str:
    """Refuses what is not UTF-8, or holds a NUL."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise Refused(_NOT_UTF8) from None
    if "\0" in text:
        raise Refused(_BAD_SYNTAX)
    return text


def _helo(argument: str, _: Extensions) -> Command:
    if not argument:
        raise Refused(Reply(501, "", "Syntax: HELO hostname"))
    return Helo(argument)


def _ehlo(argument: str, _: Extensions) -> Command:
    if not argument:
        raise Refused(Reply(501, "", "Syntax: EHLO hostname"))
    return Ehlo(argument)


def _starttls(argument: str, _: Extensions) -> Command:
    if argument:
        raise Refused(Reply(501, "5.5.4", "Syntax: STARTTLS"))
    return StartTls()


def _auth(argument: str, extensions: Extensions) -> Command:
    words = argument.split()
    if not 1 <= len(words) <= 2:
        raise Refused(_AUTH_SYNTAX if extensions.mechanisms else NO_AUTH)
    mechanism = words[0].upper()
    if len(words) == 1:
        return Auth(mechanism)
    # RFC 4954 section 4: "=" stands for an empty first response.
    return Auth(mechanism, "" if words[1] == "=" else words[1])


def _xclient(argument: str, extensions: Extensions) -> Command:
    _check_authorized(Xclient.verb, argument, allowed=extensions.xclient_allowed)
    return client_attributes.xclient(argument)


def _xforward(argument: str, extensions: Extensions) -> Command:
    _check_authorized(Xforward.verb, argument, allowed=extensions.xforward_allowed)
    return client_attributes.xforward(argument)


def _check_authorized(verb: str, argument: str, *, allowed: bool) -> None:
    """Whoever may speak for others has to say something of them; raises Refused."""
    if not argument:
        raise Refused(Reply(501, "5.5.4", f"Syntax: {verb} attribute=value..."))
    if not allowed:
        raise Refused(_NOT_AUTHORIZED)


def _mail(argument: str, extensions: Extensions) -> Command:
    path = _path("FROM:", argument, extensions, _MAIL_SYNTAX, _BAD_SENDER)
    if not path.parameters:
        return Mail(_address(path, False, extensions, _BAD_SENDER))
    given = mail_parameters(path.parameters, extensions)
    smtputf8 = given.get("smtputf8", False)
    sender = _address(path, smtputf8, extensions, _BAD_SENDER)
    if "verp" in given and not sender:
        raise Refused(_VERP_WITHOUT_SENDER)
    return Mail(sender, **given)


def _rcpt(argument: str, extensions: Extensions) -> Command:
    path = _path("TO:", argument, extensions, _RCPT_SYNTAX, _BAD_RECIPIENT)
    # RFC 6531 section 3.5: whether it may be UTF-8 was said in MAIL, which the engine knows.
    recipient = _address(path, extensions.smtputf8, extensions, _BAD_RECIPIENT)
    if not recipient:
        raise Refused(_BAD_RECIPIENT, path.written)
    if not path.parameters:
        return Rcpt(recipient)
    return Rcpt(recipient, **rcpt_parameters(path.parameters, extensions))


class _Path(NamedTuple):
    """``text`` is what stands within the brackets, ``given`` what they stand in."""

    text: str
    parameters: str
    given: str

    @property
    def written(self) -> str:
        """With the brackets, and without what is around them."""
        return self.given.removesuffix(self.parameters).strip()


def _path(
    keyword: str, argument: str, extensions: Extensions, syntax: Reply, wrong: Reply
) -> _Path:
    """Split ``FROM:<path> parameters``."""
    if argument[: len(keyword)].upper() != keyword or len(argument) == len(keyword):
        raise Refused(syntax)
    match = _PATH.fullmatch(argument, len(keyword))
    if match is None:
        match = _BRACKETED_TWICE.fullmatch(argument, len(keyword))
    if match is None and not extensions.strict:
        match = _BARE_PATH.fullmatch(argument, len(keyword))
    if match is None:
        first = argument[len(keyword) :].split(None, 1)[0]
        # With a bracket too many or too few it is no word, and Postfix does not show it.
        raise Refused(wrong, "" if first.startswith("<") else first)
    return _Path(match[1].strip(" \t"), match[2] or "", argument[len(keyword) :])


def _address(path: _Path, smtputf8: bool, extensions: Extensions, wrong: Reply) -> str:
    try:
        address = parse_path(path.text, smtputf8=True)
    except AddressError:
        raise Refused(wrong, path.written) from None
    if address.startswith("-") and not extensions.dash_first:
        raise Refused(wrong, path.written)
    if address.endswith(_NO_LETTER) and _leads_nowhere(split_address(address)[1], extensions):
        raise Refused(wrong, path.written)
    if smtputf8 or address.isascii():
        return address
    refusal = undeclared_utf8(address, extensions, wrong)
    if refusal is not None:
        raise Refused(refusal, path.written if refusal is wrong else "")
    return address


def _leads_nowhere(domain: str, extensions: Extensions) -> bool:
    """Whether what ends in no letter is neither a name nor an address (RFC 5321 section 4.1.3)."""
    if domain.startswith("["):
        return literal(domain) is None
    labels = domain.split(".")
    return len(labels) > 1 and all(map(str.isdecimal, labels)) and not extensions.numeric_domain


def undeclared_utf8(
    address: str, extensions: Extensions, wrong: Reply = _BAD_RECIPIENT
) -> Reply | None:
    """What is said to an address beyond ASCII where the client did not ask for SMTPUTF8 (RFC 6531
    section 3.5, main.cf: strict_smtputf8); None where that is no matter."""
    if not split_address(address)[1].isascii():
        return wrong
    return _UNDECLARED_UTF8 if extensions.strict_utf8 else None


def _data(argument: str, _: Extensions) -> Command:
    if argument:
        raise Refused(Reply(501, "5.5.4", "Syntax: DATA"))
    return Data()


def _bdat(argument: str, extensions: Extensions) -> Command:
    if not extensions.chunking:
        raise Refused(Reply(521, "5.5.1", "Error: command not implemented"))
    match = _BDAT.fullmatch(argument)
    if match is None:
        raise Refused(_BDAT_SYNTAX)
    size, last = int(match[1]), match[2] is not None
    if size == 0 and not last:
        raise Refused(_NULL_BDAT)
    return Bdat(size, last)


def _rset(argument: str, _: Extensions) -> Command:
    if argument:
        raise Refused(Reply(501, "5.5.4", "Syntax: RSET"))
    return Rset()


def _noop(_: str, __: Extensions) -> Command:
    return Noop()


def _vrfy(argument: str, extensions: Extensions) -> Command:
    asked, smtputf8 = argument, False
    if extensions.smtputf8 and argument.rsplit(" ", maxsplit=1)[-1].upper() == "SMTPUTF8":
        asked, smtputf8 = argument.rpartition(" ")[0].rstrip(), True
    if not asked:
        suffix = " [SMTPUTF8]" if extensions.smtputf8 else ""
        raise Refused(Reply(501, "5.5.4", f"Syntax: VRFY address{suffix}"))
    named = _NAMED.fullmatch(asked)
    path = _Path(named[1] if named else asked, "", asked)
    address = _address(path, smtputf8, extensions, _BAD_RECIPIENT)
    if not address:
        raise Refused(_BAD_RECIPIENT, asked)
    return Vrfy(address, asked, smtputf8)


def _etrn(argument: str, _: Extensions) -> Command:
    if not argument or " " in argument:
        raise Refused(Reply(500, "", "Syntax: ETRN domain"))
    site = argument.lstrip("@#")
    literal = site.startswith("[") and site.endswith("]")
    if not literal and not is_domain(site):
        raise Refused(Reply(501, "", "Error: invalid parameter syntax"))
    return Etrn(site)


def _help(_: str, __: Extensions) -> Command:
    return Help()


def _quit(_: str, __: Extensions) -> Command:
    return Quit()


_PARSERS: dict[str, Callable[[str, Extensions], Command]] = {
    "HELO": _helo,
    "EHLO": _ehlo,
    "XCLIENT": _xclient,
    "XFORWARD": _xforward,
    "STARTTLS": _starttls,
    "AUTH": _auth,
    "MAIL": _mail,
    "RCPT": _rcpt,
    "DATA": _data,
    "BDAT": _bdat,
    "RSET": _rset,
    "NOOP": _noop,
    "VRFY": _vrfy,
    "ETRN": _etrn,
    "HELP": _help,
    "QUIT": _quit,
}
VERBS = tuple(_PARSERS)
_LONGEST_VERB = max(map(len, VERBS))
# The lines that every session is made of need no parsing.
_WITHOUT_ARGUMENT: dict[bytes, Command] = {b"DATA": Data(), b"RSET": Rset(), b"QUIT": Quit()}
