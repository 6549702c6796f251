"""Parameters of directories, programs and service names."""

from postroom.config.parameter import Accepted, Parameter, needed, patterns, text, words

LATER = Accepted("Not used yet.")

PARAMETERS: tuple[Parameter, ...] = (
    words("alternate_config_directories", "", LATER),
    patterns("authorized_flush_users", "static:anyone", LATER),
    patterns("authorized_mailq_users", "static:anyone", LATER),
    patterns("authorized_submit_users", "static:anyone", LATER),
    text("cleanup_service_name", "cleanup", LATER),
    needed("command_directory", "/usr/sbin", LATER),
    needed("config_directory", "/etc/postroom", LATER),
    needed("daemon_directory", "/usr/lib/postroom", LATER),
    needed("data_directory", "/var/lib/postroom", LATER),
    text("defer_service_name", "defer", LATER),
    text("error_service_name", "error", LATER),
    text("html_directory", "no", LATER),
    words(
        "import_environment",
        "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE "
        "POSTLOG_HOSTNAME",
        LATER,
    ),
    text("mailq_path", "/usr/bin/mailq", LATER),
    text("manpage_directory", "/usr/share/man", LATER),
    text("meta_directory", "/etc/postroom", LATER),
    text("newaliases_path", "/usr/bin/newaliases", LATER),
    text("non_bdb_migration_service_name", "nbdb_reindex", LATER),
    text("pickup_service_name", "pickup", LATER),
    needed("process_id_directory", "pid", LATER),
    text("proxymap_service_name", "proxymap", LATER),
    text("proxywrite_service_name", "proxywrite", LATER),
    needed("queue_directory", "/var/lib/postroom", LATER),
    text("queue_service_name", "qmgr", LATER),
    text("readme_directory", "no", LATER),
    text("sample_directory", "/etc/postroom", LATER),
    text("sendmail_path", "/usr/sbin/sendmail", LATER),
    needed("setgid_group", "postroom-drop", LATER),
    text("shlib_directory", "no", LATER),
    text("showq_service_name", "showq", LATER),
    text("trace_service_name", "trace", LATER),
)
