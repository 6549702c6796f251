"""Mail filters: whose they are, where they are reached, and how they are spoken to."""

from pathlib import Path

import pytest

from postroom.config.problem import ConfigError
from unit.generator.planned import MAIN, SMTPD, planned, settings

SCAN = "known_tcp_ports = scan=11332\n"


def test_filters_are_those_of_each_service(tmp_path: Path) -> None:
    master = (
        f"{SMTPD}submission inet n - n - - smtpd\n"
        "  -o smtpd_milters={unix:sign,command_timeout=9s}\n"
        "10025 inet n - n - - smtpd\n  -o receive_override_options=no_milters\n"
        "cleanup unix n - n - 0 cleanup\n"
    )
    units = planned(tmp_path, master, f"{MAIN}smtpd_milters = inet:localhost:scan\n{SCAN}")
    sets = settings(units["postroom-milter.service"])["filter_sets"]
    assert {name: [one["name"] for one in found["filters"]] for name, found in sets.items()} == {
        "smtpd/smtp": ["inet:localhost:scan"],
        "smtpd/submission": ["unix:sign"],
    }
    (scan,) = sets["smtpd/smtp"]["filters"]
    assert (scan["host"], scan["port"]) == ("localhost", 11332)
    (sign,) = sets["smtpd/submission"]["filters"]
    assert (sign["path"], sign["command_timeout"]) == ("/var/lib/postroom/sign", 9.0)
    assert sets["smtpd/smtp"]["defaults"]["j"] == "mail.example.org"


@pytest.mark.parametrize(
    ("table", "hosts"),
    [
        ("cidr:{{192.0.2.0/24 DISABLE}}", []),
        ("cidr:{{192.0.2.1 inet:192.0.2.7:8891}}", ["192.0.2.7"]),
        (
            "unionmap:{static:inet:192.0.2.7:1, inline:{a=inet:192.0.2.8:1}}",
            ["192.0.2.7", "192.0.2.8"],
        ),
        ("cidr:FILE", ["192.0.2.9"]),
        ("hash:FILE", ["192.0.2.9"]),
        ("cidr:/nowhere", []),
        ("static:inet:192.0.2.7:scan", ["192.0.2.7"]),
        ("tcp:127.0.0.1:1", ["any"]),
    ],
)
def test_filters_that_a_table_names_can_be_reached(
    tmp_path: Path, table: str, hosts: list[str]
) -> None:
    file = tmp_path / "filters"
    file.write_text("192.0.2.0/24 DISABLE\n0.0.0.0/0 { inet:192.0.2.9:8891, protocol=2 }\n")
    main = f"{MAIN}smtpd_milter_maps = {table.replace('FILE', str(file))}\n"
    main += SCAN
    unit = planned(tmp_path, SMTPD, main)["postroom-milter.service"]
    assert sorted(unit.values["filter_hosts"]) == hosts
    assert settings(unit)["filter_sets"]["smtpd/smtp"]["filters"] == []


def test_filters_are_spoken_to_in_the_protocol_and_with_the_macros_of_main_cf(
    tmp_path: Path,
) -> None:
    main = (
        f"{MAIN}smtpd_milters = inet:localhost:11332,\n"
        "  { inet:localhost:1, { protocol = 3 no_header_reply } }\n"
        "milter_protocol = 4\nmilter_mail_macros = i {mail_addr}, {client_ptr}\n"
    )
    units = planned(tmp_path, f"{SMTPD}cleanup unix n - n - 0 cleanup\n", main)
    found = settings(units["postroom-milter.service"])["filter_sets"]["smtpd/smtp"]
    assert [one["protocol"] for one in found["filters"]] == [[4, False], [3, True]]
    assert found["macros"]["mail"] == ["i", "{mail_addr}", "{client_ptr}"]
    assert found["macros"]["rcpt"][0] == "i"


@pytest.mark.parametrize("parameter", ["smtpd_milters", "non_smtpd_milters"])
def test_what_is_no_filter_is_an_error_of_its_line(tmp_path: Path, parameter: str) -> None:
    master = f"{SMTPD}cleanup unix n - n - 0 cleanup\n"
    with pytest.raises(ConfigError, match=f'{parameter}: "rspamd" is no server'):
        planned(tmp_path, master, f"{MAIN}{parameter} = rspamd\n")
