"""One declaration per parameter: the parser, postconf, check and the manual page read it."""

from typing import NamedTuple

from postroom.config import kinds
from postroom.config.kinds import Kind


class Acts(NamedTuple):
    """The parameter does what Postfix's does; ``text`` says what, in our words.

    ``limits``: what of it does not, for whoever sets it.
    """

    text: str
    limits: str = ""


class Accepted(NamedTuple):
    """The parameter may be set and changes nothing; ``why``.

    ``default_holds``: to set what is the default is nothing to be told of.
    """

    why: str
    default_holds: bool = True


class Refused(NamedTuple):
    """Not to obey the parameter would be a danger, so that it is an error to set it; ``why``.

    The default and the ``harmless`` values may be set.
    """

    why: str
    harmless: tuple[str, ...] = ()


class Legacy(NamedTuple):
    """An old name that is read only through the default of its successor, as in Postfix."""

    successor: str


class Obsolete(NamedTuple):
    """A name Postfix once had and no longer reads; ``why`` it went."""

    why: str


Status = Acts | Accepted | Refused | Legacy | Obsolete


class Parameter(NamedTuple):
    """A parameter's name, the kind of its value, its default as it would stand in main.cf."""

    name: str
    kind: Kind
    default: str
    status: Status

    @property
    def current(self) -> bool:
        """Whether it is no name of the past."""
        return not isinstance(self.status, Legacy | Obsolete)

    @property
    def acts(self) -> bool:
        return isinstance(self.status, Acts)


def yes_no(name: str, default: str, status: Status) -> Parameter:
    """A switch."""
    return Parameter(name, _YES_NO, default, status)


def seconds(
    name: str, default: str, status: Status, low: int = 0, high: int = kinds.MAX_INT
) -> Parameter:
    """A time whose unit is seconds where it is not written."""
    return Parameter(name, kinds.Time("s", low, high), default, status)


def hours(name: str, default: str, status: Status, low: int = 0) -> Parameter:
    """A time whose unit is hours where it is not written."""
    return Parameter(name, kinds.Time("h", low), default, status)


def days(
    name: str, default: str, status: Status, low: int = 0, high: int = kinds.MAX_INT
) -> Parameter:
    """A time whose unit is days where it is not written; the bounds are in seconds."""
    return Parameter(name, kinds.Time("d", low, high), default, status)


def number(
    name: str, default: str, status: Status, low: int = 0, high: int = kinds.MAX_INT
) -> Parameter:
    """A whole number."""
    return Parameter(name, kinds.Number(low, high), default, status)


def size(name: str, default: str, status: Status, low: int = 0) -> Parameter:
    """Bytes, of which there may be more than two thousand million."""
    return Parameter(name, kinds.Number(low, kinds.MAX_NUMBER), default, status)


def reply_code(name: str, default: str, status: Status) -> Parameter:
    """An SMTP reply code that refuses (RFC 5321 section 4.2)."""
    return Parameter(name, _REPLY_CODE, default, status)


def text(name: str, default: str, status: Status) -> Parameter:
    """Free text, a path, an address, a service name."""
    return Parameter(name, _TEXT, default, status)


def needed(name: str, default: str, status: Status) -> Parameter:
    """Text that must not be empty."""
    return Parameter(name, _NEEDED, default, status)


def rooted_path(name: str, default: str, status: Status) -> Parameter:
    """A path from the root."""
    return Parameter(name, kinds.RootedPath(), default, status)


def template(name: str, default: str, status: Status) -> Parameter:
    """Text whose ``$name`` are not those of main.cf."""
    return Parameter(name, _TEMPLATE, default, status)


def macros(name: str, default: str, status: Status) -> Parameter:
    """The same, in the form of main.cf's own."""
    return Parameter(name, _MACROS, default, status)


def templates(name: str, default: str, status: Status) -> Parameter:
    """A list of texts whose ``$name`` are not those of main.cf."""
    return Parameter(name, kinds.Templates(), default, status)


def host_name(name: str, default: str, status: Status) -> Parameter:
    """The name of a host or domain."""
    return Parameter(name, kinds.HostName(), default, status)


def level(name: str, default: str, status: Status) -> Parameter:
    """A compatibility level."""
    return Parameter(name, kinds.Level(), default, status)


def choice(name: str, default: str, status: Status, *words: str) -> Parameter:
    """One of a few words."""
    return Parameter(name, kinds.Choice(*words), default, status)


def words(name: str, default: str, status: Status, *allowed: str) -> Parameter:
    """A list of words."""
    return Parameter(name, kinds.Words(*allowed), default, status)


def ports(name: str, default: str, status: Status) -> Parameter:
    """Names of ports."""
    return Parameter(name, kinds.Ports(), default, status)


def patterns(name: str, default: str, status: Status) -> Parameter:
    """A list of names, networks, tables or files to match against."""
    return Parameter(name, _PATTERNS, default, status)


def tables(name: str, default: str, status: Status) -> Parameter:
    """Lookup tables."""
    return Parameter(name, _TABLES, default, status)


def cache(name: str, default: str, status: Status) -> Parameter:
    """A table of what a daemon has learnt."""
    return Parameter(name, _CACHE, default, status)


def restrictions(name: str, default: str, status: Status) -> Parameter:
    """Access restrictions."""
    return Parameter(name, _RESTRICTIONS, default, status)


def name_or_file(name: str, default: str, status: Status) -> Parameter:
    """A name or the file it stands in."""
    return Parameter(name, kinds.NameOrFile(), default, status)


_YES_NO = kinds.YesNo()
_TEXT = kinds.Text()
_TEMPLATE = kinds.Template()
_MACROS = kinds.Macros()
_NEEDED = kinds.Text(needed=True)
_PATTERNS = kinds.Patterns()
_TABLES = kinds.Tables()
_CACHE = kinds.Cache()
_RESTRICTIONS = kinds.Restrictions()
_REPLY_CODE = kinds.Number(400, 599)
