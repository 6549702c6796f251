"""How addresses and times are written in lines."""

from collections.abc import Callable
from typing import Final, NamedTuple

from postroom.mail.address import quote_address


class Forms(NamedTuple):
    """``address`` makes an address as it is shown of one as we keep it. A time of less than a
    second has at most ``digits`` behind the point."""

    address: Callable[[str], str] = quote_address
    digits: int = 2

    @classmethod
    def of(cls, address_format: str, digits: int = 2) -> "Forms":
        """By main.cf's info_log_address_format and delay_logging_resolution_limit."""
        return cls(quote_address if address_format == "external" else str, digits)


# Digits that say something; a time so long has none behind the point.
_TELLING: Final = 2
_LONG: Final = 10
# What is less is written as nothing, by the digits behind the point.
_LEAST: Final = tuple(0.5 * 10.0**-digits for digits in range(7))
# As by default.
FORMS: Final = Forms()


def seconds(value: float, digits: int) -> str:
    """A time as Postfix writes it: two digits that say something, and no zeros behind the last;
    of ten seconds and more whole ones (postconf(5): delay_logging_resolution_limit)."""
    if value < _LEAST[digits]:
        return "0"
    places = digits if value < 1 else 1 if value < _LONG and digits else 0
    while places > _TELLING and value >= 10.0 ** (_TELLING - places):
        places -= 1
    if not places:
        return f"{value:.0f}"
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
