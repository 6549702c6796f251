"""By which name a command stands in the mail log."""

from pathlib import Path

from postroom.config.configuration import load
from postroom.config.problem import ConfigError


def syslog_name(directory: Path) -> str:
    """main.cf: syslog_name. An error in there is no reason to keep silent about something else."""
    try:
        return load(directory).text("syslog_name")
    except ConfigError:
        return "postfix"
