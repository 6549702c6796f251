"""A line of postscreen, for which smtpd stands in."""

from pathlib import Path

import pytest

from postroom.config.configuration import load
from postroom_generator.lines import notes
from unit.generator.planned import planned, settings


def test_smtpd_stands_in_for_postscreen_as_it_would_have_passed_to_it(tmp_path: Path) -> None:
    master = "smtp inet n - n - 1 postscreen\nsmtpd pass - - n - 7 smtpd\n -o smtpd_banner=x\n"
    units = planned(tmp_path, master)
    assert "postroom-smtpd.socket" not in units
    assert units["postroom-smtpd@smtp.socket"].values["listen"] == ("127.0.0.1:25", "[::1]:25")
    assert settings(units["postroom-smtpd@smtp.service"])["smtpd_banner"] == "x"
    assert "smtpd takes the place of postscreen" in str(notes(load(tmp_path))[0])


def test_where_postscreen_stands_smtpd_looks_first_and_has_both_lines_options(
    tmp_path: Path,
) -> None:
    master = (
        "smtp inet n - n - 1 postscreen\n  -o postscreen_greet_wait=9s\n"
        "  -o postscreen_upstream_proxy_protocol=haproxy\n"
        "smtpd pass - - n - - smtpd\n  -o smtpd_banner=passed\n"
        "2525 inet n - n - - smtpd\n"
    )
    units = planned(tmp_path, master)
    found = settings(units["postroom-smtpd@smtp.service"])
    assert (found["screens"], found["postscreen_greet_wait"]) == (True, 9.0)
    assert found["smtpd_banner"] == "passed"
    assert found["smtpd_upstream_proxy_protocol"] == "haproxy"
    other = settings(units["postroom-smtpd@2525.service"])
    assert (other["screens"], other["smtpd_upstream_proxy_protocol"]) == (False, "")


@pytest.mark.parametrize(("passed_to", "limit"), [("", 100), ("smtpd pass - - n - 7 smtpd\n", 7)])
def test_the_one_process_of_postscreen_is_no_limit_for_smtpd(
    tmp_path: Path, passed_to: str, limit: int
) -> None:
    units = planned(tmp_path, f"smtp inet n - n - 1 postscreen\n{passed_to}")
    assert settings(units["postroom-smtpd@smtp.service"])["process_limit"] == limit
