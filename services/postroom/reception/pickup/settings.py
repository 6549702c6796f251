"""The parameters pickup reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    max_idle: float
    myhostname: str
    syslog_name: str
