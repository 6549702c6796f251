"""The parameters of main.cf that discard reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds."""

    max_idle: float
    syslog_name: str
