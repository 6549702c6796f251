"""The SMTP client's rules come from its parameters, each under its own name."""

import msgspec

from postroom.delivery.smtp.settings import Settings
from unit.delivery.client.field import RULES


def test_every_parameter_arrives() -> None:
    fields = msgspec.structs.fields(Settings)
    values = {
        field.encode_name: getattr(RULES, field.name) for field in fields if field.name != "lmtp"
    }
    changed = values | {"smtp_mail_timeout": 7.0, "smtp_never_send_ehlo": True}
    read = msgspec.convert(changed, Settings)
    expected = msgspec.structs.replace(RULES, mail_timeout=7.0, never_send_ehlo=True)
    assert msgspec.structs.asdict(read) == msgspec.structs.asdict(expected)
