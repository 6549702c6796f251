"""bounce(5): templates as a file has them, as bounce(8) gets them, and what is wrong with some."""

import os
from pathlib import Path

import pytest

from postroom.config.bounce_templates import load_templates, templates_in_use
from postroom.config.bounce_templates.in_use import InUse
from postroom.config.configuration import Configuration
from postroom.config.main_cf import load_main_cf
from postroom.config.master_cf import MasterCf
from postroom.config.problem import ConfigError

HEADER = "Subject: hello\n\n"


def file(directory: Path, text: str) -> Path:
    path = directory / "bounce.cf"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def in_use(directory: Path, template: str | None, settings: str = "") -> InUse:
    main = directory / "main.cf"
    lines = f"myhostname = mail.example\nmydomain = example\n{settings}\n"
    if template is not None:
        lines += f"bounce_template_file = {file(directory, template)}\n"
    main.write_text(lines)
    master = MasterCf(directory / "master.cf", (), ())
    return templates_in_use(Configuration(directory, load_main_cf(main), master))


def failure(text: str) -> str:
    return f"failure_template = <<END\n{HEADER}{text}\nEND\n"


def text_of(found: InUse, name: str = "failure") -> str:
    return next(one.text for one in found.templates if one.name == name)


def test_without_a_file_there_is_a_template_for_each_kind(tmp_path: Path) -> None:
    found = in_use(tmp_path, None)
    assert [one.name for one in found.templates] == ["failure", "delay", "success", "verify"]
    assert not found.problems
    for one in found.templates:
        assert one.text.startswith("This is the mail system at host mail.example.\n")
        assert "$" not in one.text
        assert max(map(len, one.text.splitlines())) <= 78


def test_what_a_template_does_not_say_stays_as_it_is(tmp_path: Path) -> None:
    builtin = load_templates(None, "standard").templates[0]
    source = "failure_template = <<X\nsubject : Mine\n\n\nText\nX\n"
    own, *others = load_templates(file(tmp_path, source), "standard").templates
    assert own == builtin._replace(subject="Mine", text="Text\n")
    assert others == list(load_templates(None, "standard").templates[1:])


def test_comments_and_blank_lines_stand_outside_only(tmp_path: Path) -> None:
    source = "# a comment\n\n   \nfailure_template = <<X\n# text\n\\t\n  X\nX\n"
    template = load_templates(file(tmp_path, source), "standard").templates[0]
    assert template.text == "# text\n\\t\n  X\n"


def test_lines_end_where_editors_end_them(tmp_path: Path) -> None:
    source = "failure_template = <<X\r\nSubject: Mine\r\n\r\nA line\x0c\u2028 of text\r\nX\r\n"
    source = source.replace("Subject", "Charset: utf-8\r\nSubject")
    template = load_templates(file(tmp_path, source), "standard").templates[0]
    assert (template.subject, template.text) == ("Mine", "A line\x0c\u2028 of text\n")


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    shown = load_templates(None, "obsolete")
    source = "\n".join(map(str, shown.templates))
    assert load_templates(file(tmp_path, source), "standard") == shown
    assert "From: MAILER-DAEMON (Mail Delivery System)\n" in source


def test_names_are_expanded_as_in_main_cf(tmp_path: Path) -> None:
    text = "$myhostname ${mydomain?{yes}:{no}} $$ ${nosuch:none} $(mydomain) $maps_rbl_domains"
    found = in_use(tmp_path, failure(text), "maps_rbl_domains = a$$b")
    assert text_of(found) == "mail.example yes $ none example a$b\n"


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("seconds", "7260"), ("minutes", "121"), ("hours", "2"), ("days", "0"), ("weeks", "0")],
)
def test_times_come_in_the_unit_of_ones_choice(tmp_path: Path, unit: str, shown: str) -> None:
    found = in_use(tmp_path, failure(f"$delay_warning_time_{unit}"), "delay_warning_time = 121m")
    assert text_of(found) == f"{shown}\n"
    odd = [one.text for one in found.problems if "failure" in one.text]
    assert bool(odd) is (shown in ("0", "7260"))


def test_our_own_texts_are_not_complained_about(tmp_path: Path) -> None:
    found = in_use(tmp_path, None, "delay_warning_time = 20m\nmaximal_queue_lifetime = 1h")
    assert not found.problems
    assert "0 hour(s)" in text_of(found, "delay")


def test_a_host_name_is_shown_as_people_write_it(tmp_path: Path) -> None:
    name = "myhostname = mail.xn--bcher-kva.example\nsmtputf8_enable = yes"
    assert text_of(in_use(tmp_path, failure("$myhostname"), name)) == "mail.bücher.example\n"
    name = name.replace("yes", "no")
    assert text_of(in_use(tmp_path, failure("$myhostname"), name)) == name.split()[2] + "\n"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (failure("$nosuch"), "undefined $name in failure template: $nosuch"),
        (failure("${nosuch}"), "undefined $name in failure template: ${nosuch}"),
        (failure("a ${x"), "bad $name syntax in failure template: a ${x"),
        (failure("$delay_warning_time_years"), 'unrecognized suffix "years" in parameter'),
        ("failure_template = <<X\nBogus: 1\n\ntext\nX\n", 'unknown "Bogus" header label'),
        ("failure_template = <<X\nSubject:\n\ntext\nX\n", 'empty "Subject" header value'),
        ("failure_template = <<X\nSubject: ü\n\ntext\nX\n", 'non-ASCII "Subject" header'),
        ("failure_template = <<X\nSubject: hello\nX\n", "missing message text"),
        ("failure_template = <<X\n\nwäre\nX\n", "8-bit message text"),
        (failure("a\rb"), "control character in failure template"),
        (failure("a\0b"), "control character in failure template"),
        ("failure_template <<X\n\ntext\nX\n", "missing '=' after attribute name"),
        ("failure_template = <<\ntext\n", "missing end marker after <<"),
        (failure("x" * 70_000), "more than 65536 bytes"),
    ],
)
def test_the_built_in_template_stands_in_for_one_that_is_no_good(
    tmp_path: Path, source: str, problem: str
) -> None:
    found = in_use(tmp_path, source)
    assert text_of(found) == text_of(in_use(tmp_path, None))
    assert [problem in one.text for one in found.problems] == [True]
    assert found.problems[0].path == tmp_path / "bounce.cf"


def test_copies_are_not_made_of_every_report(tmp_path: Path) -> None:
    source = "success_template = <<X\nPostmaster-Subject: x\n\ntext\nX\n"
    (problem,) = load_templates(file(tmp_path, source), "standard").problems
    assert 'inapplicable "Postmaster-Subject" header label' in problem.text


def test_an_unknown_template_is_named_with_its_line(tmp_path: Path) -> None:
    source = f"bogus_template = <<X\ntext\nX\n{failure('fine')}"
    found = in_use(tmp_path, source)
    assert [(one.line, one.text) for one in found.problems] == [
        (3, "unknown template name: bogus_template -- ignoring this template")
    ]
    assert text_of(found) == "fine\n"


def test_a_text_without_its_end_is_used_up_to_the_end_of_the_file(tmp_path: Path) -> None:
    found = in_use(tmp_path, f"failure_template = <<X\n{HEADER}text\n")
    assert text_of(found) == "text\n"
    assert found.problems[0].text == 'missing "X" end marker'


def test_bytes_of_another_charset_come_through(tmp_path: Path) -> None:
    source = "failure_template = <<X\nCharset: iso-8859-1\n\nw\udce4re\nX\n"
    assert text_of(in_use(tmp_path, source)).encode("utf-8", "surrogateescape") == b"w\xe4re\n"


def test_a_file_that_is_not_there_is_a_warning_and_no_more(tmp_path: Path) -> None:
    found = in_use(tmp_path, None, f"bounce_template_file = {tmp_path}/nowhere")
    assert [one.text for one in found.problems] == ["open: No such file or directory"]
    with pytest.raises(ConfigError):
        load_templates(tmp_path / "nowhere", "standard")


def test_a_fifo_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert load_templates(tmp_path / "fifo", "standard") == load_templates(None, "standard")
