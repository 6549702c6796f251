"""The files as installed: small, without a fault, and telling what can be said."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from postroom.config.configuration import Configuration
from postroom.config.main_cf import load_main_cf, parse
from postroom.config.master_cf import load_master_cf
from postroom.config.parameters import declaration
from postroom.config.problem import Severity

CONF = Path(__file__).parents[3] / "conf"
COMMENTED = re.compile(r"^#(?=[a-z_0-9]+ =|    [a-z])", re.MULTILINE)


@pytest.fixture
def shipped() -> Configuration:
    return Configuration(CONF, load_main_cf(CONF / "main.cf"), load_master_cf(CONF / "master.cf"))


def test_the_shipped_configuration_is_without_fault(shipped: Configuration) -> None:
    about_files = [one for one in shipped.problems() if "alias_maps" not in one.text]
    assert [str(one) for one in about_files if one.severity is not Severity.NOTE] == []


def test_what_is_set_is_minimal(shipped: Configuration) -> None:
    assert sorted(shipped.main.assignments) == ["compatibility_level", "inet_interfaces"]


def test_every_suggestion_is_a_parameter_that_acts() -> None:
    text = COMMENTED.sub("", (CONF / "main.cf").read_text())
    suggested = parse(text, CONF / "main.cf").assignments
    assert len(suggested) > 40
    idle = [name for name in suggested if not getattr(declaration(name), "acts", False)]
    assert idle == []


def test_every_parameter_has_a_comment_before_it() -> None:
    lines = (CONF / "main.cf").read_text().splitlines()
    setting = re.compile(r"#?([a-z_0-9]+) =")
    for before, line in pairwise(lines):
        if setting.match(line):
            assert before.startswith("#") or setting.match(before), line


def test_the_services_are_those_of_postfix_that_have_a_program(shipped: Configuration) -> None:
    assert [(one.name, one.type) for one in shipped.services] == [
        *(("smtp", "inet"), ("pickup", "unix"), ("cleanup", "unix"), ("qmgr", "unix")),
        *(("showq", "unix"), ("bounce", "unix"), ("defer", "unix"), ("trace", "unix")),
        *(
            ("rewrite", "unix"),
            ("proxymap", "unix"),
            ("verify", "unix"),
            ("smtp", "unix"),
            ("relay", "unix"),
        ),
        *(("lmtp", "unix"), ("local", "unix"), ("virtual", "unix"), ("error", "unix")),
        *(("retry", "unix"), ("discard", "unix")),
    ]


def test_no_line_is_too_long_to_read() -> None:
    for path in CONF.iterdir():
        assert max(map(len, path.read_text().splitlines())) <= 100, path
