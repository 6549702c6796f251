"""Lookups in generated tables of each type give what Postfix's postmap gives, key for key."""

import os
import random
import re
from pathlib import Path

import pytest

from commands.postfix import Postfix
from postroom.tables.opening import open_directly
from postroom.tables.table import TableError

# Each seed is one table and one run of Postfix, which answers all its keys.
SEEDS = range(6)
ENTRIES = 40
KEYS = 150

WORDS = ("a", "Bob", "info", "example.com", "EXAMPLE.org", "x+y", "10.0.0.1", "ünï", "ß", "o'brien")
PIECES = ("a", "b", "ab", "[ab]", "[^a]", "a*", "b+", "(a|b)", "(ab)?", ".", "x{1,2}", r"\.", "@")
ANCHORS = (("^", "$"), ("^", ""), ("", "$"), ("", ""))


class Sample:
    """What a seed makes: a table's source and keys to ask it for."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def word(self) -> str:
        return "".join(self._random.choices(WORDS, k=self._random.randint(1, 2)))

    def address(self) -> str:
        return f"{self.word()}@{self.word()}"

    def entry_key(self) -> str:
        return self._random.choice((self.word, self.address, lambda: f'"a {self.word()}"@b'))()

    def entries(self) -> str:
        lines = [f"{self.entry_key()}\t{self.word()} {number}\n" for number in range(ENTRIES)]
        for place in self._random.sample(range(ENTRIES), 6):
            lines[place] += self._random.choice(("  continued\n", "# comment\n", "\n", "   \n"))
        return "".join(lines)

    def keys(self, source: str) -> list[str]:
        known = [line.split("\t")[0] for line in source.splitlines() if "\t" in line]
        asked = [self._random.choice(known) for _ in range(KEYS)] if known else []
        spelt = (str.upper, str.lower, str.title, str)
        asked = [self._random.choice(spelt)(key) for key in asked]
        return asked + [self.entry_key() for _ in range(KEYS - len(asked) + 30)]

    def subject(self) -> str:
        return "".join(self._random.choices("aAbBx.@", k=self._random.randint(0, 8)))

    def expression(self) -> str:
        before, after = self._random.choice(ANCHORS)
        return before + "".join(self._random.choices(PIECES, k=self._random.randint(1, 4))) + after

    def rules(self) -> str:
        """Patterns with flags, ``!``, ``if`` … ``endif`` and what their groups matched."""
        lines: list[str] = []
        depth = 0
        for number in range(ENTRIES // 2):
            pattern = self.expression()
            negated = self._random.random() < 0.15
            flags = self._random.choice(("", "", "i"))
            rule = f"{'!' if negated else ''}/{pattern}/{flags}"
            if self._random.random() < 0.15:
                lines.append(f"if {rule}\n")
                depth += 1
                continue
            groups = 0 if negated or flags else pattern.count("(")
            lines.append(f"{rule} result{number}{''.join(f'<${n + 1}>' for n in range(groups))}\n")
            if depth and self._random.random() < 0.3:
                lines.append("endif\n")
                depth -= 1
        return "".join(lines) + "endif\n" * depth

    def networks(self) -> str:
        lines = []
        for number in range(ENTRIES):
            if self._random.random() < 0.7:
                length = self._random.choice((8, 15, 16, 20, 24, 31, 32))
                value = self._random.getrandbits(6) << 26 | self._random.getrandbits(8)
                value = value >> (32 - length) << (32 - length)
                text = ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
                network = f"{text}/{length}" if self._random.random() < 0.9 else text
            else:
                network = self._random.choice(
                    ("2001:db8::/32", "::1", "fe80::/10", "::/0", "bad/33")
                )
            negation = "!" if self._random.random() < 0.1 else ""
            lines.append(f"{negation}{network} net{number}\n")
        return "".join(lines)

    def host(self) -> str:
        if self._random.random() < 0.8:
            value = self._random.getrandbits(6) << 26 | self._random.getrandbits(8)
            return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))
        return self._random.choice(("2001:db8::5", "::1", "fe80::1", "no.address", "1.2.3", ""))


def _compared(postfix: Postfix, directory: Path, name: str, keys: list[str]) -> None:
    """Both are asked for the same keys in the same directory."""
    asked = [key for key in dict.fromkeys(keys) if key]
    theirs = postfix.run("postmap", ["-q", "-", name], directory, "\n".join([*asked, ""]).encode())
    table = open_directly(name)
    found = [(key, table.lookup(key)) for key in asked]
    ours = "".join(f"{key}\t{value}\n" for key, value in found if value is not None)
    assert ours == theirs.out
    assert ours, "a sample in which nothing is found shows nothing"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["lmdb", "cdb"])
def test_an_index_that_postfix_built_answers_as_postfix(
    kind: str, seed: int, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = Sample(seed)
    source = sample.entries()
    (tmp_path / "t").write_text(source)
    assert postfix.run("postmap", [f"{kind}:t"], tmp_path).code == 0
    _compared(postfix, tmp_path, f"{kind}:t", sample.keys(source))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_source_that_is_read_as_it_is_answers_as_postfix(
    seed: int, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = Sample(seed)
    source = sample.entries()
    (tmp_path / "t").write_text(source)
    _aged(tmp_path / "t")
    _compared(postfix, tmp_path, "texthash:t", sample.keys(source))


BYTES = r"""
/^.$/ one
/^..$/ two
/^x(..)$/ x[$1]
/^a[é]+b$/ plus
/^q[^a]q$/ not
/^w\w+$/ word
/^é(.*)$/ rest[$1]
/^(ü+)z/ us[$1]
/^A(ü)$/ ASCII has case
"""
WIDE = ("é", "ab", "aéb", "xé", "É", "qéq", "wé", "ééé", "é漢", "ü", "üüz", "aéé", "AÜ", "aü")


@pytest.mark.parametrize("kind", ["regexp", "pcre"])
def test_patterns_see_bytes_as_those_of_postfix(
    kind: str, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t").write_text(BYTES)
    _aged(tmp_path / "t")
    _compared(postfix, tmp_path, f"{kind}:t", [*WIDE])
    with pytest.raises(TableError, match="half of a character"):
        open_directly(f"{kind}:{{{{/^(.)/ $1}}}}").lookup("é")
    assert postfix.run("postmap", ["-q", "é", f"{kind}:{{{{/^(.)/ $1}}}}"], tmp_path).code == 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["regexp", "pcre"])
def test_patterns_find_what_postfix_s_find(
    kind: str, seed: int, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = Sample(seed)
    (tmp_path / "t").write_text(sample.rules())
    _aged(tmp_path / "t")
    _compared(postfix, tmp_path, f"{kind}:t", [sample.subject() for _ in range(KEYS)])


PERL = r"""
/\p{L}+x/ L
/^(a|b(?1)c)$/ rec$1
/a\Kb(.)/ K$1
/\Gab/ G
/q(*SKIP)(*F)|w(.)/ skip$1
/^<(.+)>/U ungreedy$1
/(*UTF)^é(.)/ utf$1
/(?|a(1)|b(2))z/ reset$1
/(x)?(y)?zz/ [$1][$2]
/\1(r)/ forward
/)/ close
/(/ open
/[z-a]/ range
/a{2,1}/ order
/\y/ letter
/a/q flag
/*a/ star
/(?<=a+)b/ behind
/^(s+)+$(*F)/ slow
/(?P<n>k)(?P=n)/ named
/m{,3}q/ few
/[[:foo:]]/ class
/(?(1)a|b)w/ condition
/\o{101}1/i octal
/\cAb/ control
/\N{U+41}/ N
/(?i:É)E/ case
/(?U)y+/ option
/(?^)Z$/ plain
"""
PERL_KEYS = (
    *("éx", "ab", "bac", "babcc", "abz", "q1w2", "qw", "<a>b>", "éé", "a1z", "b2z", "xzz", "xyzz"),
    *("zz", "rr", "kk", "kw", "q", "m{,3}q", "A1", "\x01b", "É", "éE", "ÉE", "yy", "z", "Z", "c"),
)


def test_perl_s_patterns_and_mistakes_in_them_are_what_they_are_for_postfix(
    postfix: Postfix,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t").write_text(PERL)
    _aged(tmp_path / "t")
    _compared(postfix, tmp_path, "pcre:t", [*PERL_KEYS])
    theirs = postfix.run("postmap", ["-q", "z", "pcre:t"], tmp_path).err
    assert _lines(caplog.text) == _lines(theirs)
    assert len(_lines(theirs)) == 11


def _lines(warnings: str) -> list[str]:
    """What is said of each depends on the library's version."""
    return re.findall(r"pcre map t, line \d+: (?:error in regex at offset|unknown)", warnings)


@pytest.mark.parametrize("seed", SEEDS)
def test_networks_hold_what_postfix_s_hold(
    seed: int, postfix: Postfix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = Sample(seed)
    (tmp_path / "t").write_text(sample.networks())
    _aged(tmp_path / "t")
    _compared(postfix, tmp_path, "cidr:t", [sample.host() for _ in range(KEYS)])


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_within_their_names_answer_as_postfix(
    seed: int, postfix: Postfix, tmp_path: Path
) -> None:
    sample = Sample(seed)
    names = sorted({sample.entry_key() for _ in range(8)})
    entries = ", ".join(f"{{{name} = {sample.word()}}}" for name in names)
    inline = f"inline:{{{entries}}}"
    keys = [*names, *map(str.upper, names), "nothing"]
    for name in (inline, f"unionmap:{{{inline}, static:x}}", f"pipemap:{{{inline}, static:y}}"):
        _compared(postfix, tmp_path, name, keys)


def _aged(path: Path) -> None:
    """Postfix waits for a file that was written just now."""
    os.utime(path, (0, 0))
