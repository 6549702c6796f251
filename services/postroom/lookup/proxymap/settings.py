"""The parameters of main.cf that proxymap reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """``tables`` is no parameter: all tables that the callers' parameters name."""

    max_idle: float
    proxy_read_maps: tuple[str, ...]
    socketmap_max_reply_size: int
    syslog_facility: str
    syslog_name: str
    tables: tuple[str, ...]
