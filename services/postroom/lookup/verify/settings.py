"""The parameters of main.cf that verify reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds."""

    address_verify_negative_cache: bool
    address_verify_negative_expire_time: float
    address_verify_negative_refresh_time: float
    address_verify_pending_request_limit: int
    address_verify_positive_expire_time: float
    address_verify_positive_refresh_time: float
    address_verify_sender: str
    address_verify_sender_ttl: float
    cleanup_service_name: str
    max_idle: float
    myorigin: str
    smtputf8_autodetect_classes: tuple[str, ...]
    syslog_facility: str
    syslog_name: str
