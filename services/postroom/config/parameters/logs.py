"""Parameters of the mail log."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    choice,
    needed,
    number,
    patterns,
    seconds,
    text,
    words,
    yes_no,
)
from postroom.systemd.facilities import FACILITIES

LATER = Accepted("The journal keeps the log.")
RESPECTFUL = Accepted("The log says allowlist and denylist.")
INDEXED = Accepted("hash: and btree: are read from .cdb files; there is nothing to migrate.")
ALL_OR_NOTHING = Accepted(
    "Of who is in debug_peer_list all that is said is logged, and no more at any level."
)

PARAMETERS: tuple[Parameter, ...] = (
    number("debug_peer_level", "2", ALL_OR_NOTHING, low=1),
    patterns(
        "debug_peer_list",
        "",
        Acts("Clients and servers with whom every line that is said is logged."),
    ),
    text("debugger_command", "", Accepted("systemd keeps what crashed for coredumpctl(1).")),
    number(
        "delay_logging_resolution_limit",
        "2",
        Acts("How many digits delays have in the log behind the point."),
        high=6,
    ),
    yes_no(
        "enable_long_queue_ids",
        "no",
        Accepted("Queue ids are upper-case hex and never reused.", default_holds=False),
    ),
    choice(
        "info_log_address_format",
        "external",
        Acts("Whether unusual addresses are quoted in the log, as outside, or not."),
        "external",
        "internal",
    ),
    text("maillog_file", "", Accepted("The journal keeps the log.")),
    text("maillog_file_compressor", "gzip", LATER),
    number("maillog_file_permissions", "0600", LATER),
    words("maillog_file_prefixes", "/var, /dev/stdout", LATER),
    text("maillog_file_rotate_suffix", "%Y%m%d-%H%M%S", LATER),
    yes_no("non_bdb_migration_log_redirect", "yes", INDEXED),
    text("postlog_service_name", "postlog", LATER),
    seconds("postlogd_watchdog_timeout", "10s", LATER),
    yes_no(
        "respectful_logging", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}", RESPECTFUL
    ),
    choice(
        "syslog_facility",
        "mail",
        Acts("The facility of what is logged, which sorts it for who reads the journal."),
        *FACILITIES,
    ),
    needed(
        "syslog_name",
        "${multi_instance_name?{$multi_instance_name}:{postfix}}",
        Acts("What stands before the program's name in the log."),
    ),
)
