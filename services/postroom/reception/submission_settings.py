"""The parameters of main.cf that postdrop and pickup both read: each may be who takes a message."""

from msgspec import Struct


class SubmissionSettings(Struct, frozen=True, kw_only=True):
    """Who may send mail, as whom, and how much of it."""

    authorized_submit_users: tuple[str, ...]
    empty_address_local_login_sender_maps_lookup_key: str
    local_login_sender_maps: tuple[str, ...]
    max_idle: float
    message_size_limit: int
    owner_request_special: bool
    recipient_delimiter: str
    syslog_facility: str
    syslog_name: str
