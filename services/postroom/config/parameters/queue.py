"""Parameters of qmgr(8) and flush(8): what waits, and for how long."""

from postroom.config.parameter import (
    Accepted,
    Parameter,
    days,
    hours,
    number,
    patterns,
    seconds,
    text,
    words,
    yes_no,
)

LATER = Accepted("The queue manager does not do this yet.")

PARAMETERS: tuple[Parameter, ...] = (
    days("bounce_queue_lifetime", "5d", LATER),
    words("defer_transports", "", LATER),
    yes_no("destination_concurrency_feedback_debug", "no", LATER),
    patterns("fast_flush_domains", "$relay_domains", LATER),
    days("fast_flush_purge_time", "7d", LATER),
    hours("fast_flush_refresh_time", "12h", LATER),
    text("flush_service_name", "flush", LATER),
    number("hash_queue_depth", "1", LATER, high=16),
    words("hash_queue_names", "deferred, defer", LATER),
    number("hopcount_limit", "50", LATER, low=1),
    seconds("in_flow_delay", "1s", LATER),
    seconds("maximal_backoff_time", "4000s", LATER, low=1),
    days("maximal_queue_lifetime", "5d", LATER),
    number("message_size_limit", "10240000", LATER),
    seconds("minimal_backoff_time", "300s", LATER, low=1),
    seconds("qmgr_clog_warn_time", "300s", LATER),
    seconds("qmgr_daemon_timeout", "1000s", LATER, low=1),
    number("qmgr_fudge_factor", "100", LATER),
    seconds("qmgr_ipc_timeout", "60s", LATER),
    number("qmgr_message_active_limit", "20000", LATER, low=1),
    number("qmgr_message_recipient_limit", "20000", LATER, low=1),
    number("qmgr_message_recipient_minimum", "10", LATER, low=1),
    number("queue_file_attribute_count_limit", "100", LATER, low=1),
    number("queue_minfree", "0", LATER),
    seconds("queue_run_delay", "300s", LATER, low=1),
)
