"""Whether a user may send mail at all, and in that name: what postdrop asks first."""

from postroom.explanation.configured import Services
from postroom.explanation.record import Record, RecordedJournal
from postroom.explanation.watched_tables import watched_tables
from postroom.maillog.postdrop import PostdropLog
from postroom.reception.login_senders import LoginSenders
from postroom.reception.postdrop.settings import Settings
from postroom.reception.submission import Refusal
from postroom.reception.submitters import Submitters


async def refusal(services: Services, record: Record, uid: int, sender: str) -> str:
    """Why user ``uid`` may not send mail as ``sender``, in postdrop's words; empty if he may."""
    settings = services.settings(Settings, "postdrop")
    log = PostdropLog(RecordedJournal("postdrop", record))
    with watched_tables(record, "postdrop", settings):
        try:
            Submitters(settings.authorized_submit_users).check(uid)
            await LoginSenders.of(settings, log.warning).check(uid, sender)
        except Refusal as refused:
            return str(refused)
    return ""
