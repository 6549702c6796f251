"""What a report calls things, and how its lines are folded."""

import textwrap
from typing import Final

from postroom.contracts.bounce import Kind
from postroom.mail.status import Outcome

# RFC 5322 section 2.1.1 asks for 78; words longer than that are not broken.
WIDTH: Final = 78

TEMPLATE: Final = {
    Kind.FAILURE: "failure",
    Kind.DELAY: "delay",
    Kind.SUCCESS: "success",
    Kind.TRACE: "verify",
}
"""The template of bounce(5) for each report."""

ATTACHMENT: Final = {
    Kind.FAILURE: "Undelivered Message",
    Kind.DELAY: "Undelivered Message",
    Kind.SUCCESS: "Message",
    Kind.TRACE: "Message",
}
"""Content-Description of the original; programs know failures by it."""

_BY_WHOM: Final = frozenset({Kind.SUCCESS, Kind.TRACE})


def diagnosis(kind: Kind, outcome: Outcome) -> str:
    """What happened, and by whose doing if that was the question."""
    if kind in _BY_WHOM and outcome.relay != "none":
        return f"delivery via {outcome.relay}: {outcome.text}"
    return outcome.text


def fold(text: str) -> str:
    """A paragraph in lines of WIDTH, all but the first indented."""
    return "\r\n".join(
        textwrap.wrap(
            text,
            WIDTH,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
