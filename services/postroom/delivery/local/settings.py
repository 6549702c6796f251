"""The parameters local reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    alias_maps: tuple[str, ...]
    allow_mail_to_commands: tuple[str, ...]
    allow_mail_to_files: tuple[str, ...]
    command_expansion_filter: str
    command_time_limit: float
    default_privs: str
    deliver_lock_attempts: int
    deliver_lock_delay: float
    destination_concurrency_limit: int
    enable_original_recipient: bool
    export_environment: tuple[str, ...]
    forward_path: tuple[str, ...]
    home_mailbox: str
    local_command_shell: str
    luser_relay: str
    mail_spool_directory: str
    mailbox_command: str
    mailbox_delivery_lock: tuple[str, ...]
    mailbox_size_limit: int
    max_idle: float
    mydestination: tuple[str, ...]
    myhostname: str
    myorigin: str
    process_limit: int
    prepend_delivered_header: tuple[str, ...]
    recipient_delimiter: str
    soft_bounce: bool
    stale_lock_time: float
    syslog_name: str
