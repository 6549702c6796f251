"""How long to wait for the reply to each command, as a deadline and not per byte."""

from collections.abc import Mapping

from postroom.delivery.client.rules import Rules
from postroom.esmtp.client import Step

# A reply must come whole within its time limit: a server that sends a byte a minute gains
# nothing. Content is judged by piece, for a large message takes as long as it takes.


def timeouts(rules: Rules) -> Mapping[Step, float]:
    """Seconds per step (postconf(5): smtp_helo_timeout and so on)."""
    return {
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
