"""The parameters pickup reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    authorized_submit_users: tuple[str, ...]
    cleanup_service_name: str
    content_filter: str
    max_idle: float
    message_size_limit: int
    myhostname: str
    receive_override_options: tuple[str, ...]
    sendmail_fix_line_endings: str
    submission_mode: str
    syslog_name: str
