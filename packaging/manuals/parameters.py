"""postconf(5), and parameters in other pages, from their own declarations."""

from collections.abc import Iterable, Iterator

import mdoc

from postroom.config.parameter import Accepted, Acts, Parameter, Refused
from postroom.config.parameters import PARAMETERS

DESCRIPTION = """\
.Nm main.cf
.Nd parameters of Postroom
.Sh DESCRIPTION
A line of
.Pa /etc/postroom/main.cf
is
.Dq name = value ;
lines that begin with white space continue the one before.
.Li $name ,
.Li ${name?{text}:{text}}
and comparisons refer to other parameters.
The grammar and the names are those of Postfix."""
SEE_ALSO = """\
.Sh SEE ALSO
.Xr postconf 1 ,
.Xr master 5 ,
.Xr postroom 8"""


def page(date: str) -> Iterator[str]:
    yield from mdoc.head("postconf", 5, date)
    yield DESCRIPTION
    yield from listed(PARAMETERS[name] for name in sorted(PARAMETERS))
    yield SEE_ALSO


def listed(parameters: Iterable[Parameter]) -> Iterator[str]:
    yield ".Bl -tag -width Ds"
    for parameter in parameters:
        yield from _item(parameter)
    yield ".El"


def _item(parameter: Parameter) -> Iterator[str]:
    match parameter.status:
        case Acts(text):
            said = text
        case Accepted(why):
            said = f"Accepted, without effect: {why}"
        case Refused(why):
            said = f"Refused: {why}"
        case _:
            return
    default = mdoc.text(parameter.default) or "empty"
    yield f".It Ic {mdoc.text(parameter.name)} Pq default: {default}"
    if said:
        yield mdoc.text(said)
