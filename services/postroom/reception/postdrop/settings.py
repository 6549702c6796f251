"""The parameters postdrop reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    authorized_submit_users: tuple[str, ...]
    empty_address_local_login_sender_maps_lookup_key: str
    local_login_sender_maps: tuple[str, ...]
    max_idle: float
    message_size_limit: int
    owner_request_special: bool
    queue_minfree: int
    recipient_delimiter: str
    syslog_name: str
