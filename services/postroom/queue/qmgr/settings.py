"""The parameters of main.cf that qmgr reads."""

import msgspec


class Transport(msgspec.Struct, frozen=True, kw_only=True):
    """One line of master.cf that mail can go to, with its ``<name>_…`` parameters."""

    name: str
    # Where mail goes that the agent passes on, as ``transport:nexthop``; empty: nowhere.
    best_mx_transport: str
    # 0: no limit (master.cf, maxproc).
    process_limit: int
    destination_concurrency_limit: int
    destination_recipient_limit: int
    initial_destination_concurrency: int
    destination_concurrency_positive_feedback: str
    destination_concurrency_negative_feedback: str
    destination_concurrency_failed_cohort_limit: int
    destination_rate_delay: float
    delivery_slot_cost: int
    delivery_slot_discount: int
    delivery_slot_loan: int
    minimum_delivery_slots: int
    transport_rate_delay: float
    recipient_limit: int
    extra_recipient_limit: int
    recipient_refill_limit: int
    recipient_refill_delay: float


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """See postconf(5) for each."""

    delay_logging_resolution_limit: int
    info_log_address_format: str
    syslog_facility: str
    syslog_name: str
    max_idle: float
    transports: tuple[Transport, ...]

    authorized_mailq_users: tuple[str, ...]
    authorized_flush_users: tuple[str, ...]
    queue_minfree: int
    message_size_limit: int
    qmgr_message_active_limit: int
    qmgr_message_recipient_limit: int
    qmgr_message_recipient_minimum: int
    in_flow_delay: float
    default_process_limit: int

    queue_run_delay: float
    minimal_backoff_time: float
    maximal_backoff_time: float
    maximal_queue_lifetime: float
    bounce_queue_lifetime: float
    confirm_delay_cleared: bool
    delay_warning_time: float
    transport_retry_time: float
    defer_transports: tuple[str, ...]
    default_filter_nexthop: str
    myhostname: str
    destination_concurrency_feedback_debug: bool
    qmgr_clog_warn_time: float
    helpful_warnings: bool
