"""How addresses and times are written in lines."""

from collections.abc import Callable
from typing import NamedTuple

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


def seconds(value: float, digits: int) -> str:
    """A time as Postfix writes it: two digits that say something, and no zeros behind the last;
    of ten seconds and more whole ones (postconf(5): delay_logging_resolution_limit)."""
    places = digits
    while places and value >= 10.0 ** (2 - places):
        places -= 1
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text
