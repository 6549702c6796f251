"""Configurations of Postfix as others publish them: files and examples in Debian's packages."""

import gzip
import html
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from commands.debian_packages import downloaded
from postroom.config.parameters import declaration

PACKAGES = (
    *("postfix", "postfix-doc", "amavisd-new", "bogofilter-common", "clamsmtp", "dkimpy-milter"),
    *("hapolicy", "maildrop", "mailman3-doc", "mlmmj", "mtpolicyd", "opendkim"),
    *("policyd-rate-limit", "postfix-mta-sts-resolver", "postfix-policyd-spf-python"),
    *("postfixadmin", "postfwd", "postsrsd", "puppet-module-camptocamp-postfix", "spampd"),
    *("sqlgrey", "vmm"),
)
# Where packages have documentation, templates and files as they are installed.
PLACES = ("etc", "usr/share/doc", "usr/share/man", "usr/share/postfix", "usr/share/puppet")
# Words on what once was, which is no example of anything.
HISTORY = re.compile(r"changelog|NEWS|HISTORY|ChangeLog")
# Files in which settings stand as comments.
COMMENTED = (".proto", ".dist", ".tls", ".debian")

Kind = Literal["main", "master"]
_SETTING = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=")
_SERVICE = re.compile(
    r"\s*\S+\s+(?:inet|unix|unix-dgram|fifo|pass)(?:\s+[-yn]){3}(?:\s+[-\d?]+){2}\s"
)
_LINE_NUMBER = re.compile(r"^\s{0,4}\d{1,3}(?=\s|$)")
_TAG = re.compile(r"<[^<>]*>")
_COMMENTED = re.compile(r"^#(?=\S)", re.MULTILINE)


class Example(NamedTuple):
    """A main.cf and a master.cf, and the document that shows them."""

    document: str
    main: str
    master: str


def examples(directory: Path) -> list[Example]:
    """What all packages show, each once; they are unpacked below ``directory``."""
    found: dict[tuple[str, str], Example] = {}
    for archive in sorted(downloaded(PACKAGES).glob("*.deb")):
        unpacked = directory / archive.stem
        subprocess.run(["dpkg-deb", "-x", archive, unpacked], check=True)
        for document in _documents(unpacked):
            for example in _of_document(document):
                found.setdefault(example[1:], example)
    return list(found.values())


def _documents(directory: Path) -> Iterator[Path]:
    for place in PLACES:
        for path in sorted((directory / place).rglob("*")):
            if path.is_file() and not path.is_symlink() and not HISTORY.search(path.name):
                yield path


def _of_document(path: Path) -> Iterator[Example]:
    """Fragments that set different parameters make one main.cf, and all services one master.cf.

    Settings that stand as comments are shown as such and as settings.
    """
    text = _text(path)
    texts = (
        [text, _COMMENTED.sub("", text)] if path.suffix in (".proto", ".dist", ".tls") else [text]
    )
    for one in texts:
        fragments = [*_fragments(one)]
        master = "".join(fragment for kind, fragment in fragments if kind == "master")
        mains = [*_joined(fragment for kind, fragment in fragments if kind == "main")]
        for main in mains or ([""] if master else []):
            yield Example(path.name, main, master)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
    return html.unescape(_TAG.sub("", text)) if ".html" in path.name else text


def _fragments(text: str) -> Iterator[tuple[Kind, str]]:
    """Paragraphs of settings or services, without what they are indented or numbered with."""
    kind: Kind | None = None
    depth = 0
    lines: list[str] = []
    for numbered in [*text.splitlines(), ""]:
        line = _LINE_NUMBER.sub("", numbered, count=1).expandtabs()
        indented = len(line) - len(line.lstrip())
        found = _kind(line)
        if kind and line.strip() and (indented > depth or (indented == depth and found == kind)):
            lines.append(line[depth:])
            continue
        if kind:
            yield kind, "".join(f"{one}\n" for one in lines)
        kind, depth, lines = found, indented, [line[indented:]]


def _kind(line: str) -> Kind | None:
    setting = _SETTING.match(line)
    if setting and declaration(setting[1]):
        return "main"
    return "master" if _SERVICE.match(line) else None


def _joined(fragments: Iterator[str]) -> Iterator[str]:
    """As few files as have no parameter twice."""
    text, names = "", set[str]()
    for fragment in dict.fromkeys(fragments):
        own = {match[1] for match in map(_SETTING.match, fragment.splitlines()) if match}
        if names & own:
            yield text
            text, names = "", set()
        text += fragment
        names |= own
    if text:
        yield text
