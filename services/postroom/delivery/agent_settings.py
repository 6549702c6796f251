"""The parameters of main.cf that delivery agents read."""

from msgspec import Struct


class AgentSettings(Struct, frozen=True, kw_only=True):
    """Of every agent on this machine."""

    delay_logging_resolution_limit: int
    info_log_address_format: str
    max_idle: float
    syslog_facility: str
    syslog_name: str


class WorkerSettings(AgentSettings, frozen=True, kw_only=True):
    """Of one that has its work done in processes of others' identities."""

    process_limit: int
    soft_bounce: bool
