"""Parameters of qmgr(8) and flush(8): what waits, and for how long."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    days,
    hours,
    number,
    patterns,
    seconds,
    size,
    text,
    words,
    yes_no,
)

MAX_LIFETIME = 100 * 86_400
"""Of what waits (seconds). The number is Postfix's."""

FIXED_RECORD = Accepted("What the queue knows of a message are a fixed number of fields.")
NO_LOGFILES = Accepted("The queue manager knows by itself what waits for a site (postqueue -s).")
CONNECTED = Accepted("How long services stay connected and wait for each other is fixed.")

PARAMETERS: tuple[Parameter, ...] = (
    days(
        "bounce_queue_lifetime",
        "5d",
        Acts("How long a report is tried before it is dropped; 0 is once."),
        high=MAX_LIFETIME,
    ),
    words("defer_transports", "", Acts("Transports whose mail waits until somebody asks for it.")),
    yes_no(
        "destination_concurrency_feedback_debug",
        "no",
        Acts("Whether each step of a destination's concurrency is logged."),
    ),
    patterns(
        "fast_flush_domains",
        "$relay_domains",
        Acts("Destinations whose mail ETRN and postqueue -s have tried again."),
    ),
    days("fast_flush_purge_time", "7d", NO_LOGFILES, low=1),
    hours("fast_flush_refresh_time", "12h", NO_LOGFILES, low=1),
    text("flush_service_name", "flush", NO_LOGFILES),
    number(
        "hash_queue_depth", "1", Accepted("The queue is no tree of directories."), high=16, low=1
    ),
    words("hash_queue_names", "deferred, defer", Accepted("The queue is no tree of directories.")),
    number("hopcount_limit", "50", Acts("How many Received headers make a loop."), low=1),
    seconds(
        "in_flow_delay",
        "1s",
        Acts(
            "In this time so much mail is taken as there may be processes, while the queue is full."
        ),
        high=10,
    ),
    seconds(
        "maximal_backoff_time",
        "4000s",
        Acts("The longest pause between two tries of a message."),
        low=1,
    ),
    days(
        "maximal_queue_lifetime",
        "5d",
        Acts("How long a message is tried; 0 is once."),
        high=MAX_LIFETIME,
    ),
    size("message_size_limit", "10240000", Acts("The largest message in bytes; 0 is no limit.")),
    seconds(
        "minimal_backoff_time",
        "300s",
        Acts("The shortest pause between two tries of a message."),
        low=1,
    ),
    seconds(
        "qmgr_clog_warn_time",
        "300s",
        Acts("How often to warn that mail for one destination fills the queue; 0 is never."),
    ),
    seconds("qmgr_daemon_timeout", "1000s", CONNECTED, low=1),
    number(
        "qmgr_fudge_factor",
        "100",
        Accepted("Of the old queue manager oqmgr(8) only."),
        low=10,
        high=100,
    ),
    seconds("qmgr_ipc_timeout", "60s", CONNECTED, low=1),
    number(
        "qmgr_message_active_limit",
        "20000",
        Acts("How many messages are worked on at a time."),
        low=1,
    ),
    number(
        "qmgr_message_recipient_limit",
        "20000",
        Acts("How many recipients are in memory at a time."),
        low=1,
    ),
    number(
        "qmgr_message_recipient_minimum",
        "10",
        Acts("Messages with no more recipients are worked on whatever other recipients there are."),
        low=1,
    ),
    number("queue_file_attribute_count_limit", "100", FIXED_RECORD, low=1),
    size(
        "queue_minfree",
        "0",
        Acts("How many bytes must be free to take mail; below 1.5 messages none is taken."),
    ),
    seconds(
        "queue_run_delay", "300s", Acts("The pause between two looks at deferred mail."), low=1
    ),
    seconds(
        "transport_retry_time",
        "60s",
        Acts("How long a transport or destination that failed is left alone."),
        low=1,
    ),
)
