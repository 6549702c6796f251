"""The parameters of main.cf that local reads."""

from postroom.delivery.agent_settings import WorkerSettings


class Settings(WorkerSettings, frozen=True, kw_only=True):
    alias_maps: tuple[str, ...]
    allow_mail_to_commands: tuple[str, ...]
    allow_mail_to_files: tuple[str, ...]
    allow_percent_hack: bool
    cleanup_service_name: str
    command_execution_directory: str
    command_expansion_filter: str
    command_time_limit: float
    default_privs: str
    deliver_lock_attempts: int
    deliver_lock_delay: float
    destination_concurrency_limit: int
    enable_original_recipient: bool
    execution_directory_expansion_filter: str
    expand_owner_alias: bool
    export_environment: tuple[str, ...]
    fallback_transport: str
    fallback_transport_maps: tuple[str, ...]
    forward_expansion_filter: str
    forward_path: tuple[str, ...]
    frozen_delivered_to: bool
    home_mailbox: str
    local_command_shell: str
    local_delivery_status_filter: tuple[str, ...]
    local_transport: str
    luser_relay: str
    mail_spool_directory: str
    mailbox_command: str
    mailbox_command_maps: tuple[str, ...]
    mailbox_delivery_lock: tuple[str, ...]
    mailbox_transport: str
    mailbox_transport_maps: tuple[str, ...]
    mydestination: tuple[str, ...]
    myhostname: str
    myorigin: str
    owner_request_special: bool
    prepend_delivered_header: tuple[str, ...]
    propagate_unmatched_extensions: tuple[str, ...]
    recipient_delimiter: str
    require_home_directory: bool
    relocated_maps: tuple[str, ...]
    reset_owner_alias: bool
    service_name: str
    smtputf8_autodetect_classes: tuple[str, ...]
    stale_lock_time: float
    strict_mailbox_ownership: bool
    sun_mailtool_compatibility: bool
    swap_bangpath: bool
    transport_maps: tuple[str, ...]
