"""How much time a server has for its reply to each command, and for each piece of content."""

from collections.abc import Mapping
from typing import NamedTuple

from postroom.delivery.client.rules import Rules
from postroom.esmtp.client_events import Step


class Pace(NamedTuple):
    """Seconds per step (postconf(5): smtp_helo_timeout and so on).

    With ``whole`` that is for a reply as a whole, and for content as a whole but for the time
    that it takes at ``rate`` bytes a second; else whatever arrives or leaves is a new beginning.
    """

    limits: Mapping[Step, float]
    whole: bool
    rate: int


def pace(rules: Rules) -> Pace:
    """What main.cf says of it."""
    limits = {
        Step.GREETING: rules.helo_timeout,
        Step.EHLO: rules.helo_timeout,
        Step.HELO: rules.helo_timeout,
        Step.LHLO: rules.helo_timeout,
        Step.STARTTLS: rules.starttls_timeout,
        Step.AUTH: rules.helo_timeout,
        Step.XFORWARD_CLIENT: rules.xforward_timeout,
        Step.XFORWARD_MESSAGE: rules.xforward_timeout,
        Step.MAIL: rules.mail_timeout,
        Step.RCPT: rules.rcpt_timeout,
        Step.DATA: rules.data_init_timeout,
        Step.CONTENT: rules.data_xfer_timeout,
        Step.END_OF_DATA: rules.data_done_timeout,
        Step.RSET: rules.rset_timeout,
        Step.QUIT: rules.quit_timeout,
    }
    return Pace(limits, rules.per_request_deadline, rules.min_data_rate)
