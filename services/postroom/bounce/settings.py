"""The parameters bounce reads (main.cf)."""

from msgspec import Struct, field


class Settings(Struct, frozen=True, kw_only=True):
    bounce_notice_recipient: str
    bounce_size_limit: int
    delay_notice_recipient: str
    double_bounce_notice_recipient: str = field(name="2bounce_notice_recipient")
    double_bounce_sender: str
    mail_name: str
    max_idle: float
    maximal_queue_lifetime: float
    myhostname: str
    myorigin: str
    notify_classes: tuple[str, ...]
    syslog_name: str
