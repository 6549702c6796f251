"""The parameters of main.cf that dns reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds."""

    enable_idna2003_compatibility: bool
    max_idle: float
    syslog_facility: str
    syslog_name: str
