"""The SMTP client's rules come from its parameters, each under its own name."""

import msgspec

from postroom.config.settings import told
from postroom.delivery.smtp.settings import Settings
from unit.delivery.client.field import RULES


def test_every_parameter_arrives() -> None:
    """What is made of them again is what was there."""
    values = {field.encode_name: getattr(RULES, field.name) for field in told(Settings)}
    changed = values | {"smtp_mail_timeout": 7.0, "smtp_never_send_ehlo": True}
    expected = msgspec.structs.replace(RULES, mail_timeout=7.0, never_send_ehlo=True)
    assert msgspec.convert(changed, Settings) == expected
