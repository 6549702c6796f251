"""Why a message is not taken: the replies the client of smtpd, or the sender, gets to see."""

from typing import Final

from msgspec import structs

from postroom.contracts.cleanup import Refused


class Refusal(Exception):
    """Nothing is stored, and this is the answer; ``logged`` where the log has it already."""

    def __init__(self, answer: Refused, *, logged: bool = False) -> None:
        super().__init__(answer.text)
        self.answer = structs.replace(answer, logged=True) if logged else answer


NO_RECIPIENTS: Final = Refused(550, "5.1.0", "Error: no recipients specified")
BAD_VERP: Final = Refused(
    554, "5.5.4", "Error: VERP needs a sender, and two characters of verp_delimiter_filter"
)
TOO_MANY_HOPS: Final = Refused(554, "5.4.0", "Error: too many hops")
TOO_LARGE: Final = Refused(552, "5.3.4", "Error: message file too big")
CONTENT_REJECTED: Final = Refused(550, "5.7.1", "message content rejected")
NO_EMPTY_LINE: Final = Refused(550, "5.6.0", "primary header was terminated with non-empty line")
HEADER_TOO_LARGE: Final = Refused(552, "5.3.4", "Error: message header too big")
EXPANSION_PROBLEM: Final = Refused(451, "4.6.0", "Alias expansion error")
WRITE_PROBLEM: Final = Refused(451, "4.3.0", "Error: queue file write error")
TRY_LATER: Final = Refused(451, "4.7.1", "Service unavailable - try again later")
TOO_BUSY: Final = Refused(452, "4.3.1", "Error: too many messages in progress")
# Of content that one of our own components should never have sent.
MALFORMED: Final = Refused(554, "5.6.0", "Error: content has a bare CR or LF, or a lone dot")
