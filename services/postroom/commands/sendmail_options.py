"""The options of sendmail(1): Sendmail's own, in the way Postfix understands them.

Options may stand together (``-ti``), take their argument in the same word or the next one,
and stand between recipients; ``--`` ends them. Options about things that a machine with
Postroom configures elsewhere are accepted and have no effect.
"""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Bad(Exception):
    """The command line is wrong; the text says how."""


class Mode(Enum):
    """What -b and its relatives choose."""

    DELIVER = "m"
    SMTP = "s"
    LIST_QUEUE = "p"
    FLUSH_QUEUE = "q"
    BUILD_ALIASES = "i"
    DAEMON = "d"


class Options(NamedTuple):
    """A parsed command line. ``flush`` are postqueue's arguments; ``dot_ends`` is not -i;
    ``trace`` is mail.envelope.Trace: ``verify`` with -bv, ``verbose`` with -v."""

    mode: Mode = Mode.DELIVER
    sender: str | None = None
    full_name: str = ""
    recipients: tuple[str, ...] = ()
    extract: bool = False
    dot_ends: bool = True
    notify: str = ""
    ret: str = ""
    envid: str = ""
    body: str = "7BIT"
    flush: tuple[str, ...] = ()
    trace: str = ""


_MODES = {
    "m": Mode.DELIVER,
    "a": Mode.DELIVER,
    "v": Mode.DELIVER,
    "s": Mode.SMTP,
    "p": Mode.LIST_QUEUE,
    "i": Mode.BUILD_ALIASES,
    "d": Mode.DAEMON,
    "D": Mode.DAEMON,
    "l": Mode.DAEMON,
}
_PROGRAMS = {"mailq": Mode.LIST_QUEUE, "newaliases": Mode.BUILD_ALIASES}
# Things that other parts of the system decide: gateway, "me too", aliases, initial submission.
_WITHOUT_EFFECT = frozenset("GUcmn")
# The same with an argument: program name, config file, label, error mode, hop count, options.
_WITHOUT_EFFECT_ARGUMENT = frozenset("ACLOXehp")
_BODY_TYPES = {"7": "7BIT", "8": "8BITMIME"}


def parse(program: str, arguments: list[str]) -> Options:
    """Read a command line; ``program`` is the name sendmail was called by. Raises Bad."""
    parser = _Parser(arguments)
    return parser.parse(Options(mode=_PROGRAMS.get(program, Mode.DELIVER)))


class _Parser:
    def __init__(self, arguments: list[str]) -> None:
        self._words = iter(arguments)

    def parse(self, options: Options) -> Options:
        recipients: list[str] = []
        for word in self._words:
            if word == "--":
                recipients.extend(self._words)
            elif word.startswith("-") and word != "-":
                options = self._letters(word[1:], options)
            else:
                recipients.append(word)
        return options._replace(recipients=tuple(recipients))

    def _letters(self, letters: str, options: Options) -> Options:
        """One word of options: any number of letters, the last of which may take an argument."""
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in _FLAGS:
                options = _FLAGS[letter](options)
            elif letter == "q":
                return _flush(letters, options)
            elif letter in _ARGUMENTS:
                return _ARGUMENTS[letter](options, self._argument(letter, letters))
            else:
                raise Bad(f"unknown option -{letter}")
        return options

    def _argument(self, letter: str, rest: str) -> str:
        argument = rest or next(self._words, None)  # "-f ''" is the null sender
        if argument is None:
            raise Bad(f"option -{letter} needs an argument")
        return argument


def _flush(what: str, options: Options) -> Options:
    """-q, -qIid, -qRsite; with an interval it means a daemon, which systemd starts."""
    if what[:1] == "I":
        return options._replace(mode=Mode.FLUSH_QUEUE, flush=("-i", what[1:]))
    if what[:1] == "R":
        return options._replace(mode=Mode.FLUSH_QUEUE, flush=("-s", what[1:]))
    if what[:1] == "S":
        raise Bad("-qS is not supported: the queue is not searched by sender")
    if what:
        return options
    return options._replace(mode=Mode.FLUSH_QUEUE, flush=("-f",))


def _mode(options: Options, letter: str) -> Options:
    if letter not in _MODES:
        raise Bad(f"-b{letter} is not supported")
    trace = "verify" if letter == "v" else options.trace
    return options._replace(mode=_MODES[letter], trace=trace)


def _option(options: Options, text: str) -> Options:
    """-oX: single options of Sendmail's configuration file; -oi and -o7 and -o8 matter here."""
    if text == "i":
        return options._replace(dot_ends=False)
    if text in _BODY_TYPES:
        return options._replace(body=_BODY_TYPES[text])
    return options


def _verbose(options: Options) -> Options:
    """-v asks for less than -bv."""
    return options._replace(trace=options.trace or "verbose")


def _envid(options: Options, text: str) -> Options:
    """-Vid sets the envelope id; -V-… asks for VERP (VERP_README)."""
    if text.startswith("-"):
        raise Bad("-V-: VERP is not supported")
    return options._replace(envid=text)


_FLAGS: dict[str, Callable[[Options], Options]] = {
    "i": lambda options: options._replace(dot_ends=False),
    "t": lambda options: options._replace(extract=True),
    "I": lambda options: options._replace(mode=Mode.BUILD_ALIASES),
    "v": _verbose,
    **dict.fromkeys(_WITHOUT_EFFECT, lambda options: options),
}
_ARGUMENTS: dict[str, Callable[[Options, str], Options]] = {
    "b": _mode,
    "o": _option,
    "V": _envid,
    "f": lambda options, text: options._replace(sender=text),
    "r": lambda options, text: options._replace(sender=text),
    "F": lambda options, text: options._replace(full_name=text),
    "B": lambda options, text: options._replace(body=text),
    "N": lambda options, text: options._replace(notify=text),
    "R": lambda options, text: options._replace(ret=text),
    **dict.fromkeys(_WITHOUT_EFFECT_ARGUMENT, lambda options, _: options),
}
