"""The lookup keys in a message: ``postmap -h``, ``-b`` and ``-m`` (header_checks(5))."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:")
_TYPE = re.compile(r'content-type[ \t]*:\s*"?([^\s/";]+)"?\s*/\s*"?([^\s";]+)', re.IGNORECASE)
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', re.IGNORECASE)


class Key(NamedTuple):
    """A logical header, lines and all, or a line of a body."""

    is_header: bool
    text: str


class _Part(NamedTuple):
    """What the headers of a part say about what follows them."""

    type: str
    boundary: str = ""


def message_keys(lines: Iterable[str], *, mime: bool) -> Iterator[Key]:
    """The keys of a message (RFC 5322) in their order; with ``mime`` of each part of it as well.

    The empty line that ends headers is a line of the body.
    """
    boundaries: list[tuple[str, str]] = []  # with the type of parts that do not tell theirs
    headers: list[str] | None = []
    default = "text/plain"
    for line in lines:
        if headers is not None:
            if headers and line[:1] in (" ", "\t"):
                headers[-1] += f"\n{line}"
                continue
            if name := _HEADER.match(line):
                headers.append(f"{name[1]}:{line[name.end() :]}")
                continue
            yield from (Key(True, header) for header in headers)
            if headers or not line:
                yield Key(False, "")
            part = _part(headers, default) if mime else _Part(default)
            nested = mime and part.type.startswith("message/") and part.type != "message/partial"
            headers, default = ([], "text/plain") if nested else (None, default)
            if part.boundary:
                inside = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
                boundaries.append((part.boundary, inside))
            if not line:
                continue
        yield Key(False, line)
        depth = _boundary_at(line, boundaries)
        if depth is None:
            continue
        boundary, default = boundaries[depth]
        closing = line.startswith(f"--{boundary}--")
        del boundaries[depth + (not closing) :]
        headers = None if closing else []
    yield from (Key(True, header) for header in headers or ())


def _part(headers: list[str], default: str) -> _Part:
    for header in headers:
        if match := _TYPE.match(header):
            kind = f"{match[1]}/{match[2]}".lower()
            boundary = _BOUNDARY.search(header) if kind.startswith("multipart/") else None
            return _Part(kind, (boundary[1] or boundary[2] or "") if boundary else "")
    return _Part(default)


def _boundary_at(line: str, boundaries: list[tuple[str, str]]) -> int | None:
    """Which boundary the line is, the innermost first."""
    if line.startswith("--"):
        for depth in range(len(boundaries) - 1, -1, -1):
            if line.startswith(boundaries[depth][0], 2):
                return depth
    return None
