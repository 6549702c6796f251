"""The SMTP client's parameters become the client's rules, each under its own name."""

from typing import Any

import msgspec

from postroom.delivery.client.rules import rules
from postroom.delivery.smtp.settings import Settings
from unit.delivery.client.field import RULES


def test_every_parameter_arrives() -> None:
    known = msgspec.structs.asdict(RULES)
    values: dict[str, Any] = {
        name: known[name.removeprefix("smtp_")] for name in Settings.__struct_fields__
    }
    changed = values | {"smtp_mail_timeout": 7.0, "smtp_never_send_ehlo": True}
    read = rules(msgspec.convert(changed, Settings), "smtp_")
    assert read == msgspec.structs.replace(RULES, mail_timeout=7.0, never_send_ehlo=True)
