"""Say something else about a delivery than what the agent found (default_delivery_status_filter).

An admin may call a failure for now one for good, or the other way round, and change any text.
"""

import re

from msgspec import structs

from postroom.mail.status import Fate, Outcome
from postroom.maillog.record import MailLog
from postroom.tables import Maps, TableError

_RESULT = re.compile(r"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})\s+(\S.*)", re.DOTALL)


class StatusFilter:
    """Tables, asked for ``CODE text``, which answer in the same form."""

    def __init__(self, maps: Maps, log: MailLog) -> None:
        self._maps = maps
        self._log = log

    async def revised(self, outcome: Outcome) -> Outcome:
        """A delivery stays one, and nothing becomes one. What the tables may say about a failure
        once they can be read is no reason to give up before."""
        try:
            found = await self._maps.find(f"{outcome.code} {outcome.text}")
        except TableError as error:
            self._log.warning(f"delivery status filter: {error}")
            return _for_now(outcome)
        if found is None:
            return outcome
        result = _RESULT.fullmatch(found)
        if result is None:
            self._log.warning(f"delivery status filter: no status code and text: {found}")
            return outcome
        if (result[1][0] == "2") != (outcome.fate is Fate.SENT):
            self._log.warning(f"delivery status filter: {outcome.code} cannot become {result[1]}")
            return outcome
        return structs.replace(outcome, code=result[1], text=result[2])


def _for_now(outcome: Outcome) -> Outcome:
    if outcome.fate is not Fate.BOUNCED:
        return outcome
    return structs.replace(outcome, code=f"4{outcome.code[1:]}")
