"""By which name and facility a command stands in the mail log."""

from pathlib import Path

from msgspec import Struct

from postroom.config.configuration import load
from postroom.config.problem import ConfigError


class LogName(Struct, frozen=True, kw_only=True):
    """Of main.cf."""

    syslog_facility: str
    syslog_name: str


# An error in main.cf is no reason to keep silent about something else.
UNKNOWN = LogName(syslog_facility="mail", syslog_name="postfix")


def log_name(directory: Path) -> LogName:
    try:
        return load(directory).settings(LogName)
    except ConfigError:
        return UNKNOWN
