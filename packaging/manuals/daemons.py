"""A manual page for each daemon, from its docstring and from what it is told."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import mdoc
import parameters
import settings

# ``smtpd - what it does`` or ``smtpd(8): what it does``.
_TITLE = re.compile(r"[\w-]+[^:-]*(?: -|:) (?P<purpose>.+)")
_HEADING = re.compile(r"(?P<name>[A-Z][A-Z ]+[A-Z]|Sockets|Asks)(?::(?P<rest> .*)?)?")
_ROW = re.compile(r"(?P<name>\S+) {2,}(?P<text>\S.*)")
_DESCRIPTION = ("", "PURPOSE")
# Said by the declarations of the settings.
_GENERATED = ("PARAMETERS", "SEE ALSO")


class Daemon(NamedTuple):
    """A program of master.cf and the folder it is in."""

    name: str
    folder: Path

    @property
    def page(self) -> str:
        return f"postroom-{self.name}"


def daemons(services: Path) -> list[Daemon]:
    """Folders with a ``__main__`` that are no commands."""
    mains = services.glob("postroom/**/__main__.py")
    folders = sorted(path.parent for path in mains if "commands" not in path.parts)
    return [Daemon(folder.name.replace("_", "-"), folder) for folder in folders]


def page(daemon: Daemon, services: Path, date: str) -> Iterator[str]:
    docstring = ast.get_docstring(ast.parse((daemon.folder / "__init__.py").read_text("utf-8")))
    title, *lines = (docstring or "").splitlines()
    match = _TITLE.fullmatch(title)
    assert match, f"{daemon.folder}: the docstring begins with what the daemon does"
    pages = {one.name: one.page for one in daemons(services)}
    yield from mdoc.head(daemon.page, 8, date)
    yield f".Nm {daemon.page}"
    yield f".Nd {mdoc.text(match['purpose'].rstrip('.'))}"
    yield ".Sh DESCRIPTION"
    for heading, body in _sections(lines):
        if heading not in _GENERATED:
            yield from [f".Sh {heading.upper()}"] if heading not in _DESCRIPTION else []
            yield from _body(body, pages)
    yield ".Sh PARAMETERS"
    yield from parameters.listed(settings.parameters_of(daemon.folder, services))
    yield from _ending(daemon)


def _sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    heading, body = "", list[str]()
    for line in lines:
        match = _HEADING.fullmatch(line)
        if match:
            yield heading, body
            heading, body = match["name"], [_sentence((match["rest"] or "").strip())]
        else:
            body.append(line)
    yield heading, body


def _sentence(text: str) -> str:
    """As it begins where no colon stands before it; names stay as they are."""
    first, space, rest = text.partition(" ")
    return f"{first.capitalize()}{space}{rest}" if first.isalpha() and first.islower() else text


def _body(lines: list[str], pages: dict[str, str]) -> Iterator[str]:
    """Paragraphs, with blank lines between them; rows of a name and its text become a list."""
    first = True
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        if not block.strip():
            continue
        if not first:
            yield ".Pp"
        first = False
        rows = [*_rows(block)]
        if rows:
            yield ".Bl -tag -width Ds"
            for name, said in rows:
                yield f".It Ic {mdoc.text(name)}"
                yield from mdoc.paragraph(said, pages)
            yield ".El"
        else:
            yield from mdoc.paragraph(block, pages)


def _rows(block: str) -> Iterator[tuple[str, str]]:
    """Of a block that has a row on its first line; what is indented more goes on with a row."""
    lines = block.split("\n")
    depth = len(lines[0]) - len(lines[0].lstrip())
    if not _ROW.fullmatch(lines[0].strip()):
        return
    name, said = "", ""
    for line in lines:
        match = _ROW.fullmatch(line.strip()) if line[: depth + 1].strip() else None
        if match:
            if name:
                yield name, said
            name, said = match["name"], match["text"]
        else:
            said += f" {line.strip()}"
    yield name, said


def _ending(daemon: Daemon) -> Iterator[str]:
    yield ".Sh FILES"
    yield ".Bl -tag -width Ds"
    yield f".It Pa /usr/share/postroom/units/{daemon.name}.service.j2"
    yield "All that the service may do, each right with its reason."
    yield ".El"
    yield ".Sh SEE ALSO"
    yield ".Xr master 5 ,"
    yield ".Xr postconf 5 ,"
    yield ".Xr postroom 8"
