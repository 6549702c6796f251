"""master.cf is read the way Postfix reads it."""

from pathlib import Path

import pytest

from postroom.config.master_cf import DEFAULT_PROCESS_LIMIT, ServiceLine, parse
from postroom.config.problem import ConfigError, Severity

PATH = Path("/etc/postroom/master.cf")


def one(text: str) -> ServiceLine:
    (service,) = parse(text, PATH).services
    return service


def test_eight_columns_make_a_service() -> None:
    service = one("smtp inet n - y 60 5 smtpd -v\n")
    assert (service.name, service.type, service.program) == ("smtp", "inet", "smtpd")
    assert (service.private, service.unprivileged, service.chroot) == (False, True, True)
    assert (service.wakeup, service.process_limit) == (60.0, 5)
    assert service.arguments == ("-v",)


def test_a_dash_is_the_default() -> None:
    service = one("rewrite unix - - - - - trivial-rewrite")
    assert (service.private, service.unprivileged, service.chroot) == (True, True, False)
    assert (service.wakeup, service.process_limit) == (0.0, DEFAULT_PROCESS_LIMIT)


def test_a_question_mark_wakes_only_what_was_used() -> None:
    assert one("tlsmgr unix - - - 1000? 1 tlsmgr").wakeup_when_used
    assert not one("pickup unix n - - 60 1 pickup").wakeup_when_used


@pytest.mark.parametrize("kind", ["inet", "unix", "fifo", "unix-dgram", "pass"])
def test_every_type_of_service_is_known(kind: str) -> None:
    assert one(f"x {kind} n - n - - smtpd").type == kind


def test_overrides_have_a_short_and_a_long_form() -> None:
    service = one(
        "submission inet n - n - - smtpd\n"
        "  -o syslog_name=postfix/submission -oa=b -o{ c = d e }\n"
        "  -o { smtpd_relay_restrictions = permit_mynetworks, reject }\n"
    )
    assert dict(service.overrides) == {
        "syslog_name": "postfix/submission",
        "a": "b",
        "c": "d e",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
    }
    assert service.arguments == ()


def test_the_last_override_of_a_name_counts() -> None:
    assert one("x unix - - n - - smtp -o a=1 -o a=2").overrides["a"] == "2"


def test_options_end_at_the_first_argument_that_is_none() -> None:
    service = one("x unix - n n - - pipe -v flags=R user=v argv=/bin/x -o a=b ${recipient}")
    assert service.overrides == {}
    assert service.arguments == (
        *("-v", "flags=R", "user=v", "argv=/bin/x", "-o", "a=b", "${recipient}"),
    )


def test_braces_keep_an_argument_with_blanks_together() -> None:
    assert one("x unix - n n - - pipe user=v argv=/bin/x { a b } {}").arguments == (
        *("user=v", "argv=/bin/x", "a b", ""),
    )


def test_the_last_line_with_a_name_and_type_counts() -> None:
    services = parse("a unix - - n - - smtp\nb unix - - n - - smtp\na unix - - n - 5 lmtp\n", PATH)
    assert [(s.name, s.program) for s in services.services] == [("a", "lmtp"), ("b", "smtp")]


def test_one_name_may_be_a_service_of_two_types() -> None:
    assert len(parse("smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp", PATH).services) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("smtp inet n - y - -", "bad field count"),
        ("smtp foo n - y - - smtpd", 'invalid type field "foo"'),
        ("smtp inet x - y - - smtpd", 'invalid private field "x"'),
        ("smtp inet n z y - - smtpd", 'invalid unprivileged field "z"'),
        ("smtp inet n - yes - - smtpd", 'invalid chroot field "yes"'),
        ("smtp inet n - y 60m - smtpd", 'invalid wakeup field "60m"'),
        ("smtp inet n - y 60?? - smtpd", 'invalid wakeup field "60??"'),
        ("smtp inet n - y - -3 smtpd", 'invalid process_limit field "-3"'),
        ("smtp inet n - y - - smtpd -o { a = b", "missing '}'"),
    ],
)
def test_a_field_that_makes_no_sense_is_an_error_at_its_line(line: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"# first\n{line}\n", PATH)
    assert caught.value.line == 2
    assert caught.value.text.startswith(reason)


@pytest.mark.parametrize(("option", "text"), [("-o", ""), ("-o a", "a"), ("-o { a b }", "a b")])
def test_an_override_that_sets_nothing_is_an_error_for_check(option: str, text: str) -> None:
    """The file can be read all the same: postconf shows it, and mends it."""
    master = parse(f"# first\nsmtp inet n - y - - smtpd {option}\n", PATH)
    (problem,) = master.problems
    assert (problem.severity, problem.line) == (Severity.ERROR, 2)
    assert problem.text == f'smtp: -o wants name=value, not "{text}"'


def test_only_ascii_blanks_separate_words() -> None:
    (service,) = parse("smtp unix - - n - - smtp -o a=b\xa0c\xa0d e", PATH).services
    assert service.overrides == {"a": "b\xa0c\xa0d"}


def test_a_continuation_of_nothing_is_ignored_with_a_warning() -> None:
    master = parse("  smtp unix n - y 60 3 smtp\nx unix - - - - - smtp\n", PATH)
    assert [service.name for service in master.services] == ["x"]
    assert len(master.problems) == 1
