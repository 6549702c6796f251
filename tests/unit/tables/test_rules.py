"""cidr, regexp and pcre tables; results compared with Postfix 3.7's own where it has one."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postroom.tables import TableError, match_time, open_table, pcre2
from postroom.tables.table import Table


def table(tmp_path: Path, kind: str, text: str) -> Table:
    (tmp_path / "rules").write_text(text)
    return open_table(f"{kind}:{tmp_path / 'rules'}")


CIDR = """\
192.168.1.1 one
192.168.0.0/16 net
!10.0.0.0/8 notten
if 10.0.0.0/8
10.1.0.0/16 tenone
if !10.2.0.0/16
10.0.0.0/8 ten other
endif
endif
2001:db8::/32 v6
[2001:db9::1] brack
"""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("192.168.1.1", "one"),
        ("192.168.3.1", "net"),
        ("10.1.2.3", "tenone"),
        ("10.2.1.1", None),
        ("10.9.9.9", "ten other"),
        ("11.1.1.1", "notten"),
        ("2001:db8::1", "v6"),
        ("2001:DB9:0::1", "brack"),
        ("not an address", None),
    ],
)
def test_cidr_finds_the_first_network(tmp_path: Path, key: str, value: str | None) -> None:
    assert table(tmp_path, "cidr", CIDR).lookup(key) == value


def test_cidr_skips_and_tells_what_it_cannot_obey(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rules = "bad line\n1.2.3.4/8 x\n1.2.3 y\n1.0.0.0/33 z\n9.9.9.9 ok\nif 1.1.1.0/24\n"
    assert table(tmp_path, "cidr", rules).lookup("9.9.9.9") == "ok"
    where = f"cidr map {tmp_path}/rules, line"
    assert f'{where} 1: bad address pattern: "bad": skipping this rule' in caplog.text
    assert (
        f'{where} 2: non-null host address bits in "1.2.3.4/8", '
        'perhaps you should use "1.0.0.0/8" instead: skipping this rule'
    ) in caplog.text
    assert f'{where} 4: bad mask length in "1.0.0.0/33": skipping this rule' in caplog.text
    assert f"{where} 6: IF has no matching ENDIF" in caplog.text


REGEXP = """\
# comment
/^user@(.*)\\.example\\.com$/ x-$1-${1}-$(1)-$$
/CaSe/i cased
/insens/ insens
if /abc/
/abcd/ ABCD
endif
!/foo/ nofoo
/[[:digit:]]+foo/ digits
/(a)|(b)foo/  1=$1 2=$2
"""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("user@a.b.EXAMPLE.com", "x-a.b-a.b-a.b-$"),
        ("foo CASE", "1=A 2="),
        ("foo CaSe", "cased"),
        ("INSENS", "insens"),
        ("abcd", "ABCD"),
        ("abc", "nofoo"),
        ("xfoo", None),
        ("1foo", "digits"),
        ("bfoo", "1= 2=b"),
    ],
)
def test_regexp_finds_the_first_pattern(tmp_path: Path, key: str, value: str | None) -> None:
    assert table(tmp_path, "regexp", REGEXP).lookup(key) == value


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("/./Z x", 'unknown regexp option "Z"'),
        ("/bad", 'no closing regexp delimiter "/"'),
        ("/bad(/ x", "Unmatched ( or \\("),
        ("/*/ x", "Invalid preceding regular expression"),
        (r"/\<*/ x", "Invalid preceding regular expression"),
        (r"/a\)/x x", "Unmatched ) or \\)"),
        ("/[b-a]/ x", "Invalid range end"),
        ("/[[:nope:]]/ x", "Invalid character class name: nope"),
        ("!/neg(x)/ $1", "$number found in negative match replacement text"),
        ("/dollar/ $9", 'out of range replacement index "9"'),
        ("if", "no regexp"),
        ("!", "no regexp"),
    ],
)
def test_a_rule_that_cannot_be_obeyed_is_told_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, rule: str, complaint: str
) -> None:
    assert table(tmp_path, "regexp", f"{rule}\n/./ next\n").lookup("any") == "next"
    assert f"regexp map {tmp_path}/rules, line 1: {complaint}: skipping this rule" in caplog.text


# As Postfix 3.10 has it, its warnings included; a rule per line, then the keys that are found.
AS_WRITTEN = [
    ("regexp", "/a/!/b/ x\n", "a ab", {"a": "x"}, ""),
    ("regexp", "/(a)b/!/c/i <$1>\n", "ab abc abC", {"ab": "<a>", "abC": "<a>"}, ""),
    ("pcre", "/a/!/b/ x\n", "a ab", {}, 'line 1: unknown regexp option "!"'),
    ("regexp", "!!/a/ x\n! ! /b/ y\n", "a b c", {"a": "x", "b": "y"}, ""),
    ("pcre", "! /a/ x\n", "a b", {"b": "x"}, ""),
    ("cidr", "! !1.0.0.0/8 x\n! 2.0.0.0/8 y\n", "1.1.1.1 2.2.2.2", {"1.1.1.1": "x"}, ""),
    ("regexp", "if /a(/\n/./ in\nendif\n", "a b", {"a": "in", "b": "in"}, "ENDIF without match"),
    ("pcre", "if\n/./ in\nendif\n", "a", {"a": "in"}, "line 1: no regexp: skipping"),
    ("cidr", "if\n1.1.1.1 in\nendif\n", "1.1.1.1", {"1.1.1.1": "in"}, "no address pattern"),
    ("regexp", "if /a/ x\n/./ in\nendif y\n/b/ out\n", "a b", {"a": "in", "b": "out"}, "after IF"),
    ("cidr", "if 1.0.0.0/8\nendif x\n2.2.2.2 in\n", "2.2.2.2", {}, "garbage after ENDIF"),
    ("pcre", " /a/ x\n/b/ y\n", "a b", {"b": "y"}, "rules: logical line must not start with"),
    ("regexp", "a/ x\n/b/ y\n", "a b", {"b": "y"}, "line 1: ignoring unrecognized request"),
    ("regexp", "/a/\n/b/ y\n", "b", {"b": "y"}, "no replacement text: using empty string"),
    ("cidr", "1.1.1.1\n/8 x\n2.2.2.2/ y\n", "1.1.1.1", {}, "line 1: no lookup result: skipping"),
]


@pytest.mark.parametrize("odd", AS_WRITTEN, ids=str)
def test_odd_rules_mean_what_they_mean_to_postfix(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    odd: tuple[str, str, str, dict[str, str], str],
) -> None:
    kind, rules, keys, found, said = odd
    made = table(tmp_path, kind, rules)
    values = {key: made.lookup(key) for key in keys.split()}
    assert {key: value for key, value in values.items() if value is not None} == found
    assert said in caplog.text


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"/^[]x]$/", "]", "y"),
        (r"/^[^]x]$/", "y", "]"),
        (r"/^[a\]$/", "\\", "]"),
        (r"/^[[.-.][=b=]]$/", "-", "c"),
        (r"/^[&&~~||]$/", "&", "c"),
        (r"/^a*+$/", "aaa", "b"),
        (r"/^(ab|c){2,3}$/", "abcab", "ab"),
        (r"/^a{,2}$/", "aa", "aaa"),
        (r"/\<word\>/", "a word here", "awordhere"),
        (r"/^(.)\1$/", "xx", "xy"),
        (r"/\d|x/", "x", "d1"),
        (r"/\d/i", "d", "1"),
        (r"/^a)$/", "a)", "a"),
        (r"/^a.b$/", "a\nb", "ab"),
        (r"/^b$/m", "a\nb", "ab"),
        (r"/^a.b$/m", "axb", "a\nb"),
        (r"/^a[^x]b$/m", "ayb", "a\nb"),
        (r"/^\(a\)\{2\}$/x", "aa", "a"),
        (r"/^(a+)$/x", "(a+)", "aa"),
        (r"/*a^b$c/x", "*a^b$c", "a"),
        (r"!/a/", "b", "a"),
        (r"|^a/b$|", "a/b", "ab"),
    ],
)
def test_posix_patterns_keep_their_meaning(
    tmp_path: Path, pattern: str, matching: str, other: str
) -> None:
    found = table(tmp_path, "regexp", f"{pattern} yes\n")
    assert found.lookup(matching) == "yes"
    assert found.lookup(other) is None


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (r"/^(?<n>\d+)-\k<n>$/", "12-12", "12-13"),
        (r"/^\Qa.b\E$/", "a.b", "axb"),
        (r"/^[[:alpha:]\d]+$/", "a1", "-"),
        (r"/^a\hb$/", "a\tb", "a\nb"),
        (r"/^x(?-i)Y$/", "XY", "xy"),
        (r"/^(?:a(?-i)b|c)$/", "Ab", "aB"),
        (r"/^(?:a(?-i)b|c)$/", "c", "C"),
        (r"/^\x{41}\z/i", "A", "a"),
        (r"/a/A", "ab", "ba"),
        (r"/^a$/E", "a", "a\n"),
        (r"/^(a)(?#comment)b$/", "ab", "a"),
        (r"/^(?>a+)b$/", "aab", "aa"),
        (r"/(?i)[]a[]$/", "x]", "xb"),
    ],
)
def test_perl_patterns_keep_their_meaning(
    tmp_path: Path, pattern: str, matching: str, other: str
) -> None:
    found = table(tmp_path, "pcre", f"{pattern} yes\n")
    assert found.lookup(matching) == "yes"
    assert found.lookup(other) is None


@pytest.mark.parametrize(
    ("rule", "key", "value"),
    [
        (r"/^\p{Lu}+$/i x", "AB", "x"),
        (r"/^(a|b(?1)c)$/ $1", "bac", "bac"),
        (r"/a\Kb(.)/ $1", "xabc", "c"),
        (r"/q(*SKIP)(*F)|(.)$/ $1", "qw", "w"),
        (r"/^<(.+)>/U $1", "<a>b>", "a"),
        (r"/(?|a(1)|b(2))/ $1", "b2", "2"),
        (r"/(x)?(*F)|(y)/ [$1][$2]", "y", "[][y]"),
        (r"/(?U)^(y+)/ $1", "yyy", "y"),
        (r"/(*UTF)^\xe9$/ x", "é", "x"),
        (r"/(*UTF)./ x", "\udce9", None),
    ],
)
def test_what_re_has_not_is_searched_for_by_the_library(
    tmp_path: Path, rule: str, key: str, value: str | None
) -> None:
    assert table(tmp_path, "pcre", f"{rule}\n").lookup(key) == value


@pytest.mark.parametrize("pattern", [r"/a/Q", r"/)/", r"/(?R/", r"/a(*NOSUCHVERB)/"])
def test_what_is_no_pattern_is_told_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, pattern: str
) -> None:
    assert table(tmp_path, "pcre", f"{pattern} x\n").lookup("abc") is None
    assert "line 1: " in caplog.text


def test_the_library_too_gives_up_a_pattern_that_would_take_years(tmp_path: Path) -> None:
    """In any thread."""
    found = table(tmp_path, "pcre", "/^(a+)+$(*F)/ x\n")

    def search() -> None:
        with pytest.raises(TableError, match="took too long"):
            found.lookup("a" * 60 + "b")

    with ThreadPoolExecutor() as threads:
        threads.submit(search).result()


def test_a_machine_without_the_library_skips_the_rules_that_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pcre2, "_FILE", "libpcre2-none.so.0")
    monkeypatch.setattr(pcre2, "library", pcre2.library.__wrapped__)
    found = table(tmp_path, "pcre", "/\\p{L}/ x\n/a/ y\n")
    assert found.lookup("a") == "y"
    assert "libpcre2-none.so.0" in caplog.text


def test_a_pattern_that_would_take_years_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: a sender makes an address for which nested repeats have no answer in time."""
    monkeypatch.setattr(match_time, "MAX_SECONDS", 0.05)
    found = table(tmp_path, "regexp", "/^(a+)+$/ x\n")

    async def lookups() -> str | None:
        with pytest.raises(TableError, match="took too long"):
            found.lookup("a" * 60 + "b")
        await asyncio.sleep(0)
        return found.lookup("aaa")

    assert asyncio.run(lookups()) == "x"


def test_other_threads_may_search_without_the_bound_on_time(tmp_path: Path) -> None:
    found: list[str | None] = []
    patterns = table(tmp_path, "regexp", "/a/ x\n")
    thread = threading.Thread(target=lambda: found.append(patterns.lookup("a")))
    thread.start()
    thread.join()
    assert found == ["x"]


def test_a_text_of_any_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="too long to search"):
        table(tmp_path, "pcre", "/a/ x\n").lookup("a" * 200_000)


def test_a_changed_file_of_rules_is_seen(tmp_path: Path) -> None:
    found = table(tmp_path, "regexp", "/a/ one\n")
    assert found.lookup("a") == "one"
    table(tmp_path, "regexp", "/a/ another\n")
    assert found.lookup("a") == "another"


def test_rules_may_stand_in_the_name_itself() -> None:
    found = open_table("regexp:{{/^a{2}$/ two}, {/b/ one}}")
    assert [found.lookup(key) for key in ("aa", "b", "c")] == ["two", "one", None]
