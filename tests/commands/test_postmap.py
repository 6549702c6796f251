"""postmap(1) and postalias(1) as an admin types them; texts and codes compared with Postfix's."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

SERVICES = Path(__file__).resolve().parents[2] / "services"


class Result(NamedTuple):
    code: int
    out: str
    err: str


def command(
    program: str, *arguments: str, cwd: Path, stdin: str = "", **environment: str
) -> Result:
    done = subprocess.run(
        [sys.executable, "-m", f"postroom.commands.tables.{program}", *arguments],
        cwd=cwd,
        input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True,
        env={"PYTHONPATH": str(SERVICES), "PATH": "/usr/bin:/bin", **environment},
        check=False,
        timeout=30,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "m"
    path.write_text(
        'Foo bar  baz \n  cont\n#c\n   more\n\nx\nfoo dup\n"a b" q\n  # cc\n  y\nlast: v'
    )
    return path


def test_a_source_becomes_an_index_and_every_doubt_is_told(tmp_path: Path, source: Path) -> None:
    assert command("postmap", "hash:m", cwd=tmp_path) == Result(
        0,
        "",
        "postmap: warning: m, line 6: expected format: key whitespace value\n"
        'postmap: warning: m.cdb: duplicate entry: "foo"\n'
        'postmap: warning: m, line 11: record is in "key: value" format; is this an alias file?\n',
    )
    shown = command("postmap", "-s", "hash:m", cwd=tmp_path)
    assert shown.out == 'foo\tbar  baz   cont   more\n"a b"\tq  y\nlast:\tv\n'


def test_queries_print_values_and_say_by_their_code_whether_there_was_one(
    tmp_path: Path, source: Path
) -> None:
    command("postmap", "hash:m", cwd=tmp_path)
    assert command("postmap", "-q", "FOO", "hash:m", cwd=tmp_path).out == "bar  baz   cont   more\n"
    assert command("postmap", "-q", "nope", "hash:m", cwd=tmp_path) == Result(1, "", "")
    many = command("postmap", "-q", "-", "hash:m", cwd=tmp_path, stdin="foo\nnope\nLAST:\n")
    assert many == Result(0, "foo\tbar  baz   cont   more\nLAST:\tv\n", "")
    assert command("postmap", "-q", "-", "hash:m", cwd=tmp_path, stdin="nope\n").code == 1
    assert command("postmap", "-q", "x", "static:all", cwd=tmp_path).out == "all\n"
    two = command("postmap", "-q", "x", "inline:{a=1}", "inline:{x=2}", cwd=tmp_path)
    assert two == Result(0, "2\n", "")


def test_entries_are_added_replaced_and_deleted(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("k v\nz 1\n")
    command("postmap", "hash:h", cwd=tmp_path)
    kept = command("postmap", "-i", "hash:h", cwd=tmp_path, stdin="k other\nnew 2\n")
    assert kept.err == 'postmap: warning: h.cdb: duplicate entry: "k"\n'
    assert command("postmap", "-w", "-i", "hash:h", cwd=tmp_path, stdin="k other\n").err == ""
    assert command("postmap", "-s", "hash:h", cwd=tmp_path).out == "k\tv\nz\t1\nnew\t2\n"
    command("postmap", "-r", "-i", "hash:h", cwd=tmp_path, stdin="K other\n")
    assert command("postmap", "-q", "k", "hash:h", cwd=tmp_path).out == "other\n"
    assert command("postmap", "-d", "k", "hash:h", cwd=tmp_path).code == 0
    assert command("postmap", "-d", "k", "hash:h", cwd=tmp_path).code == 1
    assert command("postmap", "-d", "-", "hash:h", cwd=tmp_path, stdin="z\nq\n").code == 0
    assert command("postmap", "-s", "hash:h", cwd=tmp_path).out == "new\t2\n"
    command("postmap", "-i", "hash:fresh", cwd=tmp_path, stdin="a b\n")
    assert command("postmap", "-s", "hash:fresh", cwd=tmp_path).out == "a\tb\n"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("hash:nope",), "open nope: No such file or directory"),
        (("foo:m",), "unsupported map type for this operation: foo"),
        (("cidr:m",), "no 'map create' support for this type: cidr"),
        (("-q", "k", "-s", "hash:m"), "specify only one of -s or -q or -d"),
        (("-s", "cidr:/dev/null"), "table cidr:/dev/null: sequence operation is not supported"),
        (("-d", "k", "hash:nope"), "open database nope.cdb: No such file or directory"),
        (("-q", "k", "hash:nope"), "open database nope.cdb: No such file or directory"),
        (("-q", "k", "nosuch:x"), "unsupported dictionary type: nosuch"),
        (("-c", "/nonexist", "m"), "/nonexist/main.cf"),
        ((), "usage: postmap "),
        (("-x",), "usage: postmap "),
    ],
)
def test_what_cannot_be_done_ends_with_a_reason(
    tmp_path: Path, source: Path, arguments: tuple[str, ...], text: str
) -> None:
    result = command("postmap", *arguments, cwd=tmp_path)
    assert result.code == 1
    assert result.err.splitlines()[-1].startswith("postmap: fatal: ")
    assert text in result.err


def test_case_is_kept_where_asked_and_keys_end_with_nul_where_asked(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("Key v\n")
    command("postmap", "-f", "-N", "cdb:h", cwd=tmp_path)
    assert b"Key\0v\0" in (tmp_path / "h.cdb").read_bytes()
    assert command("postmap", "-f", "-q", "Key", "cdb:h", cwd=tmp_path).out == "v\n"
    assert command("postmap", "-f", "-q", "key", "cdb:h", cwd=tmp_path).code == 1
    command("postmap", "-i", "cdb:h", cwd=tmp_path, stdin="other w\n")
    assert b"other\0w\0" in (tmp_path / "h.cdb").read_bytes()


def test_the_type_may_come_from_main_cf(tmp_path: Path) -> None:
    (tmp_path / "main.cf").write_text("default_database_type = cdb\ncompatibility_level = 3.6\n")
    (tmp_path / "master.cf").write_text("")
    (tmp_path / "h").write_text("k v\n")
    assert command("postmap", "-c", ".", "h", cwd=tmp_path) == Result(0, "", "")
    assert command("postmap", "-q", "k", "h", cwd=tmp_path, MAIL_CONFIG=".").out == "v\n"


def test_mode_follows_the_source_and_p_does_not(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("k v\n")
    (tmp_path / "h").chmod(0o640)
    command("postmap", "hash:h", cwd=tmp_path)
    assert stat.S_IMODE((tmp_path / "h.cdb").stat().st_mode) == 0o640
    command("postmap", "-p", "hash:h", cwd=tmp_path)
    assert stat.S_IMODE((tmp_path / "h.cdb").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("source", "index"), [(0o666, 0o644), (0o664, 0o644), (0o4750, 0o640), (0o400, 0o600)]
)
def test_an_index_is_its_owners_alone_to_write(source: int, index: int, tmp_path: Path) -> None:
    (tmp_path / "h").write_text("k v\n")
    (tmp_path / "h").chmod(source)
    command("postmap", "hash:h", cwd=tmp_path)
    assert stat.S_IMODE((tmp_path / "h.cdb").stat().st_mode) == index


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else's source")
def test_root_works_with_the_rights_of_the_owner_of_the_source(tmp_path: Path) -> None:
    """The attack: a user whose directory root's postmap writes in plants a link to /etc/shadow."""
    there = tmp_path / "there"
    there.mkdir()
    for parent in (there, *there.parents):
        if parent.name.startswith("pytest"):
            parent.chmod(0o755)
    (there / "h").write_text("k v\n")
    shutil.chown(there / "h", 65534, 65534)
    assert "Permission denied" in command("postmap", "hash:h", cwd=there).err
    shutil.chown(there, 65534, 65534)
    assert command("postmap", "hash:h", cwd=there) == Result(0, "", "")
    status = (there / "h.cdb").stat()
    assert (status.st_uid, status.st_gid) == (65534, 65534)
    shutil.chown(there, 0, 0)
    assert command("postmap", "-o", "hash:h", cwd=there).code == 0
    status = (there / "h.cdb").stat()
    assert (status.st_uid, status.st_gid) == (0, 0)


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious\n")
    (tmp_path / "h").write_text("k v\n")
    (tmp_path / "h.cdb.tmp").symlink_to(victim)
    assert command("postmap", "hash:h", cwd=tmp_path).code == 1
    (tmp_path / "h.cdb.tmp").unlink()
    (tmp_path / "h.cdb.tmp").hardlink_to(victim)
    assert command("postmap", "hash:h", cwd=tmp_path).code == 1
    (tmp_path / "h.cdb.tmp").unlink()
    (tmp_path / "h.cdb").symlink_to(victim)
    assert command("postmap", "hash:h", cwd=tmp_path).code == 0
    assert victim.read_text() == "precious\n"


def test_two_who_change_a_table_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("")
    command("postmap", "hash:h", cwd=tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "postroom.commands.tables.postmap", "-i", "hash:h"],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            env={"PYTHONPATH": str(SERVICES)},
        )
        for _ in range(4)
    ]
    for number, writer in enumerate(writers):
        writer.communicate(f"key{number} v\n".encode())
    assert command("postmap", "-s", "hash:h", cwd=tmp_path).out.count("\tv\n") == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h", "h.cdb"]


def test_a_failed_build_leaves_the_old_index(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("k v\n")
    command("postmap", "hash:h", cwd=tmp_path)
    (tmp_path / "h.cdb").write_bytes(b"broken")
    assert "not a usable cdb file" in command("postmap", "-q", "k", "hash:h", cwd=tmp_path).err
    assert command("postmap", "-i", "hash:h", cwd=tmp_path, stdin="a b\n").code == 1
    assert (tmp_path / "h.cdb").read_bytes() == b"broken"


def test_lines_that_are_no_utf8_are_told_and_ignored(tmp_path: Path) -> None:
    (tmp_path / "h").write_bytes(b"k\xff v\nn\0 v\nok v\0w\n  \n")
    result = command("postmap", "hash:h", cwd=tmp_path)
    assert result.err == (
        'postmap: warning: h, line 1: non-UTF-8 input "k? v" -- ignoring this line\n'
        "postmap: warning: h, line 2: text after null byte may be ignored\n"
        "postmap: warning: h, line 2: expected format: key whitespace value\n"
        "postmap: warning: h, line 3: text after null byte may be ignored\n"
    )
    assert command("postmap", "-s", "hash:h", cwd=tmp_path).out == "ok\tv\n"


ALIASES = """\
# c
Root: joe, "a b"@x.com,
   |"/bin/prog -x 'y'" , /file
"Foo Bar": baz
"with:colon": a
two   words: x
noval:
nocolon
user@dom: x
inc: :include:/etc/list
cmd: "|/usr/bin/procmail -a $EXT"
dup: a
DUP: b
quo: "a\\"b"
"q\\"@\\\\": x
"": x
"""


def test_aliases_are_indexed_by_their_unquoted_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "al").write_text(ALIASES)
    result = command("postalias", "hash:al", cwd=tmp_path)
    assert result == Result(
        0,
        "",
        "postalias: warning: al, line 7: need name:value pair\n"
        "postalias: warning: al, line 8: need name:value pair\n"
        "postalias: warning: al, line 9: name must be local and have no domain\n"
        'postalias: warning: al.cdb: duplicate entry: "dup"\n'
        "postalias: warning: al, line 16: empty lookup key value is not allowed\n",
    )
    shown = command("postalias", "-s", "hash:al", cwd=tmp_path).out
    assert shown.splitlines() == [
        'root:\tjoe, "a b"@x.com, |"/bin/prog -x \'y\'", /file',
        "foo bar:\tbaz",
        "with:colon:\ta",
        "two words:\tx",
        "inc:\t:include:/etc/list",
        'cmd:\t"|/usr/bin/procmail -a $EXT"',
        "dup:\ta",
        'quo:\t"a\\"b"',
        'q"@\\:\tx',
    ]
    assert command("postalias", "-q", "ROOT", "hash:al", cwd=tmp_path).code == 0


def test_newaliases_makes_all_alias_databases(tmp_path: Path) -> None:
    (tmp_path / "main.cf").write_text(
        f"compatibility_level = 3.6\nalias_database = hash:{tmp_path}/one, {tmp_path}/two\n"
    )
    (tmp_path / "master.cf").write_text("")
    (tmp_path / "one").write_text("a: b\n")
    (tmp_path / "two").write_text("c: d\n")
    assert command("newaliases", cwd=tmp_path, MAIL_CONFIG=str(tmp_path)) == Result(0, "", "")
    assert (tmp_path / "one.cdb").exists()
    assert (tmp_path / "two.cdb").exists()


def test_tinycdb_reads_what_postmap_makes(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("Key value\n")
    command("postmap", "hash:h", cwd=tmp_path)
    assert subprocess.check_output(["cdb", "-q", "h.cdb", "key"], cwd=tmp_path) == b"value"
