"""Work around firewalls that rewrite SMTP, and do it badly (postconf(5), smtp_pix_workarounds).

They are known by what they make of a greeting: ``220 ****************``.
"""

from collections.abc import Iterable
from typing import NamedTuple

from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.tables import Maps

_DISABLE_ESMTP = "disable_esmtp"
_DELAY_DOT = "delay_dotcrlf"


class Workarounds(NamedTuple):
    """Where a greeting is masked: say HELO, and let the final dot wait so many seconds."""

    disable_esmtp: bool = False
    dot_delay: float = 0.0

    @property
    def names(self) -> str:
        """Of those that are on, as main.cf has them."""
        on = ((self.disable_esmtp, _DISABLE_ESMTP), (self.dot_delay, _DELAY_DOT))
        return " ".join(name for value, name in on if value)


NOTHING = Workarounds()


class Firewalls:
    """What is done about them by the rules of one service."""

    def __init__(self, rules: Rules, maps: Maps) -> None:
        self._threshold = rules.pix_workaround_threshold_time
        self._delay = rules.pix_workaround_delay_time
        self._usual = self._workarounds(rules.pix_workarounds)
        self._maps = maps

    async def workarounds(self, host: Host, waited: float) -> Workarounds:
        """For a message that has waited so long; raises TableError."""
        words = await self._maps.find(host.path or host.address)
        found = self._usual if words is None else self._workarounds(words.replace(",", " ").split())
        return found._replace(dot_delay=0.0) if waited < self._threshold else found

    def _workarounds(self, words: Iterable[str]) -> Workarounds:
        names = {word.lower() for word in words}
        delay = self._delay if _DELAY_DOT in names else 0.0
        return Workarounds(_DISABLE_ESMTP in names, delay)
