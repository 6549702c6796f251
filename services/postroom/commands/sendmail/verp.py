"""``sendmail -XV``: the characters between the parts of return paths that vary (VERP_README)."""

from pathlib import Path

from postroom.config.configuration import load
from postroom.config.problem import ConfigError
from postroom.instance import configuration_directory
from postroom.mail.verp import are_delimiters


class BadDelimiters(Exception):
    """They are not to be used; the text says why."""


def delimiters(given: bool | str) -> str:
    """Those that were ``given``, or main.cf's; raises BadDelimiters."""
    try:
        configuration = load(Path(configuration_directory()))
        default = configuration.text("default_verp_delimiters")
        allowed = configuration.text("verp_delimiter_filter")
    except ConfigError as error:
        raise BadDelimiters(str(error)) from None
    wanted = given if isinstance(given, str) else default
    if not are_delimiters(wanted, allowed):
        raise BadDelimiters(f"-V requires two characters from {allowed}")
    return wanted
