"""What the generator makes of a main.cf and a master.cf."""

import json
import re
from pathlib import Path
from typing import Any

from postroom.config.configuration import load
from postroom_generator.plan import plan
from postroom_generator.unit import Unit

MAIN = "myhostname = mail.example.org\nmyorigin = example.org\ninet_interfaces = loopback-only\n"
SMTPD = "smtp inet n - n - - smtpd\n"


def planned(directory: Path, master: str, main: str = MAIN) -> dict[str, Unit]:
    (directory / "main.cf").write_text(main)
    (directory / "master.cf").write_text(master)
    return {unit.name: unit for unit in plan(load(directory))}


def settings(unit: Unit, credential: str = "settings") -> Any:
    text = str(unit.values[credential])
    return json.loads(re.sub(r"\\x(..)", lambda match: chr(int(match[1], 16)), text))
