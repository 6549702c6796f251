"""The parameters of main.cf that error and retry read."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Fields are parameters of that name (postconf(5)); ``service_name`` is master.cf's."""

    max_idle: float
    service_name: str
    soft_bounce: bool
    syslog_name: str
