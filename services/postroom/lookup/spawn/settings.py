"""The parameters of main.cf that spawn reads, and its line in master.cf."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    arguments: tuple[str, ...]
    export_environment: tuple[str, ...]
    max_idle: float
    process_limit: int
    service_name: str
    syslog_facility: str
    syslog_name: str
    time_limit: float
