"""The parameters virtual reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    delay_logging_resolution_limit: int
    deliver_lock_attempts: int
    deliver_lock_delay: float
    enable_original_recipient: bool
    info_log_address_format: str
    max_idle: float
    myhostname: str
    owner_request_special: bool
    process_limit: int
    recipient_delimiter: str
    soft_bounce: bool
    stale_lock_time: float
    strict_mailbox_ownership: bool
    syslog_name: str
    virtual_delivery_status_filter: tuple[str, ...]
    virtual_gid_maps: tuple[str, ...]
    virtual_mailbox_base: str
    virtual_mailbox_lock: tuple[str, ...]
    virtual_mailbox_maps: tuple[str, ...]
    virtual_minimum_uid: int
    virtual_uid_maps: tuple[str, ...]
