"""The parameters pickup reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    authorized_submit_users: tuple[str, ...]
    cleanup_service_name: str
    content_filter: str
    empty_address_local_login_sender_maps_lookup_key: str
    info_log_address_format: str
    local_login_sender_maps: tuple[str, ...]
    max_idle: float
    message_size_limit: int
    myhostname: str
    owner_request_special: bool
    receive_override_options: tuple[str, ...]
    recipient_delimiter: str
    sendmail_fix_line_endings: str
    smtputf8_autodetect_classes: tuple[str, ...]
    submission_mode: str
    syslog_name: str
