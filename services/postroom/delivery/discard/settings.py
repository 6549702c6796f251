"""The parameters of main.cf that discard reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds."""

    delay_logging_resolution_limit: int
    info_log_address_format: str
    max_idle: float
    syslog_name: str
