"""The parameters pipe reads, and its line in master.cf."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    allow_min_user: bool
    arguments: tuple[str, ...]
    delay_logging_resolution_limit: int
    export_environment: tuple[str, ...]
    info_log_address_format: str
    max_idle: float
    owner_request_special: bool
    pipe_delivery_status_filter: tuple[str, ...]
    process_limit: int
    recipient_delimiter: str
    service_name: str
    soft_bounce: bool
    syslog_name: str
    time_limit: float
