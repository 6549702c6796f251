"""The options of sendmail(1): Sendmail's own, in the way Postfix understands them.

Options may stand together (``-ti``) and take their argument in the same word or the next one;
``--`` or the first other word ends them. Options about things that a machine with Postroom
configures elsewhere are accepted and have no effect.
"""

from postroom.commands.sendmail.addresses import recipients, sender

TYPE_CHECKING = False  # typing takes longer to load than all that sendmail does.
if TYPE_CHECKING:
    from collections.abc import Callable


class Bad(Exception):
    """The command line is wrong; the text says how."""


class Mode:
    """What -b and its relatives choose, in the words of an error message."""

    DELIVER = "delivery"
    SMTP = "stand-alone"
    LIST_QUEUE = "display queue"
    FLUSH_QUEUE = "flush queue"
    BUILD_ALIASES = "alias initialization"
    DAEMON = "daemon"
    NOTHING = "host status"


class Options:
    """A parsed command line.

    ``config_directory`` is -C's, empty for none;
    ``flush`` are postqueue's arguments, ``aliases`` is -oA's file; ``dot_ends`` is not -i;
    ``trace`` is mail.envelope.Trace: ``verify`` with -bv, ``verbose`` with -v; ``gateway`` is -G;
    ``verp`` are the delimiters that -XV names, or True for those of main.cf;
    ``warnings`` say which options were bad and left out.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.sender: str | None = None
        self.full_name = ""
        self.config_directory = ""
        self.recipients: tuple[str, ...] = ()
        self.extract = False
        self.dot_ends = True
        self.notify = ""
        self.ret = ""
        self.envid = ""
        self.body = ""
        self.flush: tuple[str, ...] = ()
        self.aliases = ""
        self.gateway = False
        self.trace = ""
        self.verp: bool | str = False
        self.warnings: list[str] = []


_MODES = {
    "m": Mode.DELIVER,
    "v": Mode.DELIVER,
    "s": Mode.SMTP,
    "p": Mode.LIST_QUEUE,
    "i": Mode.BUILD_ALIASES,
    "d": Mode.DAEMON,
    "l": Mode.DAEMON,
    # Sendmail's memory of hosts that were down: to show, and to clear.
    "h": Mode.NOTHING,
    "H": Mode.NOTHING,
}
_PROGRAMS = {"mailq": Mode.LIST_QUEUE, "newaliases": Mode.BUILD_ALIASES}
# Things that other parts of the system decide: "me too", aliases, initial submission.
_WITHOUT_EFFECT = "Ucmx"
# The same with an argument: program name, label, error mode, hop count, options.
_WITHOUT_EFFECT_ARGUMENT = "ALOehp"
_NOTIFY = frozenset(("SUCCESS", "FAILURE", "DELAY"))
_USAGE = "usage: sendmail [options]"


def parse(program: str, arguments: list[str]) -> Options:
    """Read a command line; ``program`` is the name sendmail was called by. Raises Bad."""
    options = Options(_PROGRAMS.get(program, Mode.DELIVER))
    words = _Words(arguments)
    while (letters := words.next_letters()) is not None:
        _take(_in_new_form(letters, words, options), words, options)
    options.recipients = recipients(words.rest)
    if options.mode != Mode.DELIVER:
        if options.extract:
            raise Bad("-t can be used only in delivery mode")
        if words.rest:
            raise Bad(f"{options.mode} mode requires no recipient")
    return options


class _Words:
    """The command line, taken word by word up to the end of the options."""

    def __init__(self, arguments: list[str]) -> None:
        self.rest = arguments

    def next_letters(self) -> str | None:
        """The letters of the next word with options, if there is one."""
        word = self.rest[0] if self.rest else ""
        if word == "--":
            self.rest = self.rest[1:]
        if word in ("", "-", "--") or word[0] != "-":
            return None
        return self.next()[1:]

    @property
    def following(self) -> str:
        """The next word, if there is one."""
        return self.rest[0] if self.rest else ""

    def next(self) -> str:
        if not self.rest:
            raise Bad(_USAGE)
        word, *self.rest = self.rest
        return word


def _in_new_form(letters: str, words: _Words, options: Options) -> str:
    """-V and -Vxy once meant what -XV and -XVxy do (sendmail(1)); an envelope id of two characters
    is taken for that still, as by Postfix."""
    bare = letters == "V" and len(words.following) == 2
    if not bare and not (letters[0] == "V" and len(letters) == 3):
        return letters
    options.warnings.append(
        f"option -{letters} is deprecated with Postfix 2.3; specify -X{letters} instead"
    )
    return f"X{letters}"


def _take(letters: str, words: _Words, options: Options) -> None:
    """One word of options: any number of letters, the last of which may take an argument."""
    if letters == "XV":
        options.verp = True
        return
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in _FLAGS:
            _FLAGS[letter](options)
        elif letter == "q":
            _flush(options, letters)
            return
        elif letter in _ARGUMENTS:
            _ARGUMENTS[letter](options, letters or words.next())  # "-f ''" is the null sender
            return
        elif letter in _WITHOUT_EFFECT_ARGUMENT:
            _ = letters or words.next()
            return
        elif letter not in _WITHOUT_EFFECT:
            raise Bad(_USAGE)


def _flush(options: Options, what: str) -> None:
    """-q, -qIid, -qRsite; with an interval it means a daemon, which systemd starts."""
    if what[:1].isdigit():
        if options.mode == Mode.DELIVER:
            options.mode = Mode.DAEMON
        return
    if what == "I":
        raise Bad("specify: -qIqueueid")
    if what == "R":
        raise Bad("specify: -qRsitename")
    if what and what[0] not in "IR":
        raise Bad(f"-q{what[0]} is not implemented")
    options.mode = Mode.FLUSH_QUEUE
    options.flush = ({"": "-f", "I": "-i", "R": "-s"}[what[:1]], *([what[1:]] if what else ()))


def _mode(options: Options, text: str) -> None:
    letter = text[:1]
    if letter not in _MODES:
        raise Bad(f"unsupported: -b{letter}")
    options.mode = _MODES[letter]
    if letter == "v":
        options.trace = "verify"


def _option(options: Options, text: str) -> None:
    """-oX: single options of Sendmail's configuration file, two of which matter here."""
    if text[:1] == "i":
        options.dot_ends = False
    elif text[:1] == "A":
        options.aliases = text[1:]


def _no_dot(options: Options) -> None:
    options.dot_ends = False


def _extract(options: Options) -> None:
    options.extract = True


def _gateway(options: Options) -> None:
    options.gateway = True


def _build_aliases(options: Options) -> None:
    options.mode = Mode.BUILD_ALIASES


def _verbose(options: Options) -> None:
    """-v asks for less than -bv."""
    options.trace = options.trace or "verbose"


def _aliases_wanted(_options: Options) -> None:
    raise Bad("-n option not supported")


def _sender(options: Options, text: str) -> None:
    options.sender, is_alone = sender(text)
    if not is_alone:
        options.warnings.append(f"-f option specified malformed sender: {text}")


def _full_name(options: Options, text: str) -> None:
    options.full_name = text


def _config(options: Options, text: str) -> None:
    """-C names the directory, or main.cf in it."""
    options.config_directory = text.removesuffix("/main.cf") or "/"


def _body(options: Options, text: str) -> None:
    body = text.upper()
    if body not in ("7BIT", "8BITMIME"):
        raise Bad("-B option needs 8BITMIME or 7BIT")
    options.body = body


def _notify(options: Options, text: str) -> None:
    """RFC 3461 section 4.1: NEVER alone, or a list of the others, each of which counts once."""
    wanted = dict.fromkeys(text.upper().replace(",", " ").split())
    if [*wanted] == ["NEVER"] or (wanted and wanted.keys() <= _NOTIFY):
        options.notify = ",".join(wanted)
    else:
        options.warnings.append("bad -N option value -- ignored")


def _ret(options: Options, text: str) -> None:
    """RFC 3461 section 4.3."""
    if text.upper() in ("FULL", "HDRS"):
        options.ret = text.upper()
    else:
        options.warnings.append("bad -R option value -- ignored")


def _envid(options: Options, text: str) -> None:
    """RFC 3461 section 4.4: printable, and of any use only if not empty."""
    if text and text.isascii() and text.isprintable() and " " not in text:
        options.envid = text
    else:
        options.warnings.append("bad syntax in -V option value -- ignored")


def _verp(options: Options, text: str) -> None:
    """-XV asks for VERP (VERP_README); Sendmail's -X is a log of the SMTP session."""
    if text[:1] != "V":
        raise Bad(f"unsupported: -X{text[:1]}")
    options.verp = text[1:]


_FLAGS: "dict[str, Callable[[Options], None]]" = {
    "i": _no_dot,
    "t": _extract,
    "G": _gateway,
    "I": _build_aliases,
    "v": _verbose,
    "n": _aliases_wanted,
}
_ARGUMENTS: "dict[str, Callable[[Options, str], None]]" = {
    "b": _mode,
    "o": _option,
    "V": _envid,
    "X": _verp,
    "f": _sender,
    "r": _sender,
    "F": _full_name,
    "C": _config,
    "B": _body,
    "N": _notify,
    "R": _ret,
}
