"""The parameters pipe reads, and its line in master.cf."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    allow_min_user: bool
    arguments: tuple[str, ...]
    export_environment: tuple[str, ...]
    max_idle: float
    owner_request_special: bool
    pipe_delivery_status_filter: tuple[str, ...]
    process_limit: int
    recipient_delimiter: str
    service_name: str
    soft_bounce: bool
    syslog_name: str
    time_limit: float
