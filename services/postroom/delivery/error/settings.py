"""The parameters of main.cf that error and retry read."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Fields are parameters of that name (postconf(5)); ``service_name`` is master.cf's."""

    delay_logging_resolution_limit: int
    info_log_address_format: str
    max_idle: float
    service_name: str
    soft_bounce: bool
    syslog_name: str
