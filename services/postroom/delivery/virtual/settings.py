"""The parameters of main.cf that virtual reads."""

from postroom.delivery.agent_settings import WorkerSettings


class Settings(WorkerSettings, frozen=True, kw_only=True):
    deliver_lock_attempts: int
    deliver_lock_delay: float
    enable_original_recipient: bool
    myhostname: str
    owner_request_special: bool
    recipient_delimiter: str
    stale_lock_time: float
    strict_mailbox_ownership: bool
    virtual_delivery_status_filter: tuple[str, ...]
    virtual_gid_maps: tuple[str, ...]
    virtual_mailbox_base: str
    virtual_mailbox_lock: tuple[str, ...]
    virtual_mailbox_maps: tuple[str, ...]
    virtual_minimum_uid: int
    virtual_uid_maps: tuple[str, ...]
