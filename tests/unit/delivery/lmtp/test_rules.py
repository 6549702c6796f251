"""Each rule of the LMTP client comes from the lmtp_ parameter that Postfix reads for it."""

import msgspec
import pytest

from postroom.config.settings import told
from postroom.delivery.lmtp.settings import Settings

SAMPLES: dict[object, object] = {bool: True, int: 7, float: 7.5, str: "seven"}


def settings(**changes: object) -> Settings:
    values = {field.encode_name: SAMPLES.get(field.type, ("seven",)) for field in told(Settings)}
    return msgspec.convert({**values, **changes}, Settings)


def test_the_dialect_is_lmtp() -> None:
    assert settings().lmtp


@pytest.mark.parametrize(
    ("parameter", "value", "rule"),
    [
        ("lmtp_lhlo_name", "me.test", "helo_name"),
        ("lmtp_lhlo_timeout", 11.0, "helo_timeout"),
        ("lmtp_connect_timeout", 12.0, "connect_timeout"),
        ("lmtp_data_done_timeout", 13.0, "data_done_timeout"),
        ("lmtp_tcp_port", "24", "tcp_port"),
        ("lmtp_assume_final", True, "assume_final"),
        (
            "lmtp_discard_lhlo_keyword_address_maps",
            ("hash:/x",),
            "discard_ehlo_keyword_address_maps",
        ),
        ("lmtp_discard_lhlo_keywords", ("dsn",), "discard_ehlo_keywords"),
        ("lmtp_reply_filter", ("pcre:/x",), "reply_filter"),
        ("lmtp_address_verify_target", "data", "address_verify_target"),
        ("queue_directory", "/var/lib/postroom", "queue_directory"),
    ],
)
def test_a_rule_comes_from_its_parameter(parameter: str, value: object, rule: str) -> None:
    assert getattr(settings(**{parameter: value}), rule) == value
