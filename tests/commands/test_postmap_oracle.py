"""postmap and postalias write, print and complain as Postfix's own do for the same files."""

import io
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands.postfix import Postfix, Result
from postroom.commands.tables import command, postalias, postmap

Run = Callable[..., Result]
SOURCE = """\
# comment
Foo bar  baz
  cont
x

"a b" v w
last: v
foo dup
 "unterminated
z "q" r
"unterminated v
\tstill going
u Ü
Ä value
k\xff no
"""
ALIASES = """\
Root: joe, "a b"@x.com,
   |"/bin/prog -x 'y'" , /file
noval:
nocolon
user@dom: x
dup: a
DUP: b
"Foo Bar": baz
one,two: three
"four,five": six
"""
MESSAGE = """\
From: a
 b
Subject : x
Content-Type: multipart/mixed;
\tboundary="xx"

pre
--xx
Content-Type: text/plain

text one

--xx
no header
--xx
Content-Type: message/rfc822

Subject: inner
Content-Type: multipart/digest; boundary=yy

--yy

To: digested

body
--yy--
after
--xx--
post
"""
# A NUL ends a line, what else is wrong with one decides whether it is ignored; a backslash takes
# the blank behind it into the key.
ODD = 'a b\0c\nd\0 e\n\0f g\nkey: v\n"h i\nnov\nj k\nl\\ m n\n\\ o\n'
VALUES = Path(__file__).with_name("alias_values")
# What Postfix does not say.
ADVICE = re.compile(r" \(run: .*\)")
PATTERNS = "/^/ X\n"
INLINE = "inline:{a=b, {c = d e}}"
NAMES = (
    *("static:", "environ:", "inline:", "unix:", "fail:", "nosuch:", ":", ":x"),
    *("static:{}", "static:{ }", "static:{ a b }", "static: x", "static:{a", "static:{a}b"),
    *("inline:{}", "inline:{ }", "inline:{a}", "inline:{{a}}", "inline:{a=b", "inline:a=b"),
    *('inline:{{"a b"=c}}', r"inline:{a\=b=c}"),
    *("inline:{{a b=c}}", "inline:{a= b}", "inline:{{ a =b}}", "randmap:{{a b}}", "cidr:{}"),
    *("pcre:{x}", "regexp:{ {/a/ x} y}", "cidr:{1.2.3.4 x}", "pcre:{{/a/ x}", "pcre:{{/a/ x}}y"),
    *("inline:{=b}", "inline:{a=b, a=c}", "inline:{a=b, {a = c d}}", "randmap:{}", "pipemap:{}"),
)
ONCE = [
    ["postmap", "hash:m"],
    ["postmap", "cdb:m"],
    ["postmap", "lmdb:m"],
    ["postmap", "-w", "hash:m"],
    ["postmap", "-f", "hash:m"],
    ["postmap", "-u", "hash:ascii"],
    ["postmap", "-F", "hash:files"],
    ["postmap", "cdb:odd"],
    ["postmap", "-q", "a", "texthash:odd"],
    ["postmap", "-q", "key:", "texthash:odd"],
    ["postmap", "-q", "a", "regexp:odd.re"],
    ["postmap", "-q", "b", "regexp:odd.re"],
    ["postmap", "-q", "c", "regexp:odd.re"],
    ["postalias", "cdb:odd.al"],
    ["postmap", "cidr:m"],
    ["postmap", "-i", "cidr:m"],
    ["postmap", "-d", "a", "static:x"],
    ["postmap", "-d", "k", "hash:nope"],
    ["postmap", "hash:nope"],
    ["postmap", "hash:m", "hash:nope", "hash:ascii"],
    ["postmap"],
    ["postmap", "-x"],
    ["postmap", "-q"],
    ["postmap", "-q", "k", "-s", "hash:m"],
    ["postmap", "-s", "-q", "k", "hash:m"],
    ["postmap", "-d", "k", "-d", "j", "hash:m"],
    ["postmap", "-s", "-s", "hash:m"],
    ["postmap", "-h", "hash:m"],
    ["postmap", "-bq", "k", "hash:m"],
    ["postmap", "-mq", "-", INLINE],
    ["postmap", "-s", "static:x"],
    ["postmap", "-s", INLINE],
    ["postmap", "-q", "A", INLINE],
    ["postmap", "-fq", "A", INLINE],
    ["postmap", "-q", "z", INLINE],
    ["postmap", "-q", "k", "hash:nope"],
    ["postmap", "-q", "k", "texthash:nope"],
    ["postmap", "-q", "k", "regexp:nope"],
    ["postmap", "-q", "k", "unix:nope"],
    ["postmap", "-q", "root", "unix:passwd.byname"],
    ["postmap", "-q", "k", "hash:"],
    ["postmap", "-q", "b", "inline:{{b=}}"],
    ["postmap", "-q", "Ä", "inline:{{ä=c}}"],
    ["postmap", "-uq", "Ä", "inline:{{ä=c}}"],
    ["postmap", "-q", "a\udcff", "inline:{b=c}"],
    ["postmap", "-q", "a", f"unionmap:{{{INLINE},static:c}}"],
    ["postmap", "-q", "a", "pipemap:{inline:{a=b},inline:{b=z}}"],
    ["postmap", "-q", "a", "unionmap:{}"],
    ["postmap", "-q", "a", "pipemap:x"],
    ["postmap", "-q", "a", "randmap:{x}"],
    ["postmap", "-q", "a", "randmap:x"],
    ["postmap", "-q", "HOME", "environ:x"],
    *(["postmap", "-q", "a", name] for name in NAMES),
    ["postalias"],
    ["postalias", "-b"],
    ["postalias", "hash:al"],
    ["postalias", "cdb:al"],
]
SEVERAL = [
    [["postmap", "lmdb:m"], ["postmap", "-s", "-s", "lmdb:m"], ["postmap", "-q", "FOO", "lmdb:m"]],
    [["postmap", "cdb:odd"], ["postmap", "-s", "cdb:odd"]],
    [["postalias", "cdb:odd.al"], ["postalias", "-q", "a", "cdb:odd.al"]],
    [["postmap", "-N", "cdb:m"], ["postmap", "-q", "z", "cdb:m"], ["postmap", "-s", "cdb:m"]],
    [["postmap", "-F", "lmdb:files"], ["postmap", "-Fs", "lmdb:files"]],
    [["postmap", "-F", "lmdb:files"], ["postmap", "-s", "lmdb:files"]],
    [["postmap", "hash:m"], ["postmap", "-Fq", "foo", "hash:m"]],
    [["postmap", "lmdb:m"], ["postmap", "-i", "lmdb:m"], ["postmap", "-s", "lmdb:m"]],
    [["postmap", "lmdb:m"], ["postmap", "-ri", "lmdb:m"], ["postmap", "-s", "lmdb:m"]],
    [["postmap", "lmdb:m"], ["postmap", "-wi", "lmdb:m"], ["postmap", "-s", "lmdb:m"]],
    [["postmap", "lmdb:m"], ["postmap", "-d", "FOO", "lmdb:m"], ["postmap", "-d", "foo", "lmdb:m"]],
    [["postmap", "lmdb:m"], ["postmap", "-d", "-", "lmdb:m"], ["postmap", "-s", "lmdb:m"]],
    [["postmap", "hash:m"], ["postmap", "-q", "-", "hash:m"]],
    [["postalias", "cdb:al"], ["postalias", "-q", "-", "cdb:al"]],
    [["postalias", "lmdb:al"], ["postalias", "-d", "DUP", "lmdb:al"]],
    [["postalias", "lmdb:al"], ["postalias", "-i", "lmdb:al"], ["postalias", "-q", "-", "lmdb:al"]],
    [["postalias", "-r", "cdb:al"], ["postalias", "-q", "dup", "cdb:al"]],
    [["postalias", "cdb:al"], ["postalias", "-q", "FOO BAR", "cdb:al"]],
]
KEYS = {"postmap": b"Foo\nz\n\xff\n", "postalias": b"dup\nFoo Bar\nx\nnone\n"}
ADDED = {"postmap": b"Foo new\nx y\n", "postalias": b"Dup: new\nx: y\n"}
OF_MESSAGES = ["-h", "-b", "-bh", "-hm", "-bm", "-bhm"]


@pytest.fixture
def directories(tmp_path: Path) -> tuple[Path, Path]:
    """One for each, with the same files, long unchanged: Postfix waits for what is new."""
    for name in ("ours", "theirs"):
        directory = tmp_path / name
        directory.mkdir()
        files = {"m": SOURCE, "al": ALIASES, "ascii": "Ab c\n", "one": "1\n", "two": "2"}
        files |= {"odd": ODD, "odd.re": "/a/ x\0y\n/b\0/ z\n/c/ u\n", "odd.al": "a: b\0c\n"}
        files |= {"files": "k one , two\nz two\nq /nonexistent\nbb\n", "x.re": PATTERNS}
        for file, content in files.items():
            (directory / file).write_bytes(content.encode("latin-1" if file == "m" else "utf-8"))
            os.utime(directory / file, (0, 0))
    return tmp_path / "ours", tmp_path / "theirs"


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """The same call in this process."""

    def run(program: str, arguments: list[str], cwd: Path, stdin: bytes = b"") -> Result:
        (cwd / "stdin").write_bytes(stdin)
        monkeypatch.chdir(cwd)
        capfd.readouterr()
        with (cwd / "stdin").open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            monkeypatch.setattr(command, "standard_input", lambda: file)
            out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
            monkeypatch.setattr(sys, "stdout", out)
            logging.getLogger().handlers.clear()
            monkeypatch.setattr(sys, "argv", [program, *arguments])
            with pytest.raises(SystemExit) as ending:
                {"postmap": postmap, "postalias": postalias}[program].main()
        printed = out.buffer.getvalue().decode("utf-8", "surrogateescape")
        assert isinstance(ending.value.code, int)
        return Result(ending.value.code, printed, ADVICE.sub("", capfd.readouterr().err))

    kept = logging.getLogger().handlers[:]
    yield run
    logging.getLogger().handlers[:] = kept


def test_values_of_aliases_are_stored_as_by_postfix(
    postfix: Postfix, ours: Run, directories: tuple[Path, Path]
) -> None:
    """In one form, however they were written."""
    source = VALUES.read_bytes()
    names = re.sub(rb":.*|^ .*\n", b"", source, flags=re.MULTILINE)
    found = []
    for directory, run in zip(directories, (ours, postfix.run), strict=True):
        (directory / "values").write_bytes(source)
        os.utime(directory / "values", (0, 0))
        assert run("postalias", ["cdb:values"], directory) == Result(0, "", "")
        found.append(run("postalias", ["-q", "-", "cdb:values"], directory, names))
    assert found[0] == found[1]
    assert len(found[1].out.splitlines()) == len(names.splitlines())


def _sorted(result: Result) -> Result:
    """Postfix's hash tables tell their entries in an order of their own."""
    return result._replace(out="".join(sorted(result.out.splitlines(keepends=True))))


@pytest.mark.parametrize("call", ONCE, ids=" ".join)
def test_a_call_ends_as_it_does_with_postfix(
    call: list[str], postfix: Postfix, ours: Run, directories: tuple[Path, Path]
) -> None:
    program, *arguments = call
    expected = postfix.run(program, arguments, directories[1], b"a\n")
    found = ours(program, arguments, directories[0], b"a\n")
    assert _sorted(found) == _sorted(expected)


@pytest.mark.parametrize("calls", SEVERAL, ids=lambda calls: " ".join(calls[-1]))
def test_calls_after_each_other_end_as_they_do_with_postfix(
    calls: list[list[str]], postfix: Postfix, ours: Run, directories: tuple[Path, Path]
) -> None:
    for program, *arguments in calls:
        stdin = (ADDED if {"-i", "-ri", "-wi"} & {*arguments} else KEYS)[program]
        expected = postfix.run(program, arguments, directories[1], stdin)
        found = ours(program, arguments, directories[0], stdin)
        assert _sorted(found) == _sorted(expected)


@pytest.mark.parametrize("options", OF_MESSAGES)
def test_the_keys_of_a_message_are_those_postfix_finds(
    options: str, postfix: Postfix, ours: Run, directories: tuple[Path, Path]
) -> None:
    arguments = [options, "-q", "-", "regexp:x.re"]
    expected = postfix.run("postmap", arguments, directories[1], MESSAGE.encode())
    assert expected.out
    assert ours("postmap", arguments, directories[0], MESSAGE.encode()) == expected
