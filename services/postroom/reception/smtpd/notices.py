"""Tell the postmaster of a session that went wrong (main.cf: notify_classes)."""

import time
from collections.abc import Iterable
from textwrap import wrap
from typing import Final

from postroom.contracts.cleanup import Refused
from postroom.contracts.intake import Intake
from postroom.ipc.contract import Unavailable
from postroom.mail.address import completed
from postroom.mail.envelope import Client, Envelope, Recipient
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.settings import Settings

# Those that a session with a client can have.
_CLASSES: Final = frozenset({"bounce", "data", "policy", "protocol", "resource", "software"})
_WIDTH: Final = 78
_INDENT: Final = "     "


class Notices:
    """``classes`` are the classes of trouble that somebody wants to hear of."""

    def __init__(self, settings: Settings, intake: Intake, log: SmtpdLog) -> None:
        self.classes: Final = _CLASSES.intersection(settings.notify_classes)
        self.flush_threshold: Final = settings.smtpd_history_flush_threshold
        self._settings = settings
        self._intake = intake
        self._log = log

    async def send(self, client: Client, troubles: frozenset[str], lines: tuple[str, ...]) -> None:
        """One message to each who wants to hear; a notice that cannot be sent is no trouble."""
        for address in self._audience(troubles):
            try:
                refused = await self._submit(address, self._content(client, lines))
            except Unavailable as error:
                refused = str(error)
            if refused:
                self._log.no_notice(client, address, refused)

    def _audience(self, troubles: frozenset[str]) -> Iterable[str]:
        addresses = []
        if "bounce" in troubles:
            addresses.append(self._settings.bounce_notice_recipient)
        if troubles - {"bounce"}:
            addresses.append(self._settings.error_notice_recipient)
        return dict.fromkeys(addresses)

    async def _submit(self, address: str, content: bytes) -> str:
        """From a sender about whose mail nobody is told (double_bounce_sender). Empty if taken."""
        settings = self._settings
        envelope = Envelope(
            completed(settings.double_bounce_sender, settings.myhostname),
            (Recipient(address),),
            time.time(),
            rewrite_locally=True,
        )
        queue_id = await self._intake.queue_id()
        answer = await self._intake.submit(queue_id, envelope, content)
        return answer.line if isinstance(answer, Refused) else ""

    def _content(self, client: Client, lines: Iterable[str]) -> bytes:
        """In wire form: each line of the transcript is indented, so that none begins with a dot."""
        said = "".join(f"{line}\r\n" for text in lines for line in _folded(text))
        text = (
            "From: Mail Delivery System <MAILER-DAEMON>\r\n"
            "To: Postmaster <postmaster>\r\n"
            f"Subject: {self._settings.mail_name} SMTP server: errors from {client.shown}\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "\r\n"
            f"This is what was said in the session.\r\n\r\n{said}\r\n"
            "The mail log may have more about it.\r\n"
        )
        return text.encode("ascii", "replace")


def _folded(text: str) -> list[str]:
    return wrap(
        text,
        _WIDTH,
        initial_indent=" ",
        subsequent_indent=_INDENT,
        break_on_hyphens=False,
    )
