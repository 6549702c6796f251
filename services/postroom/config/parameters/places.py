"""Parameters of directories, programs and service names."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    choice,
    needed,
    patterns,
    text,
    words,
)

OWN_SOCKET = Accepted("Each service is found at the socket of its own name.")
IN_MEMORY = Accepted("Daemons keep what they learn by themselves, and in no table.")
INDEXED = Accepted("hash: and btree: are read from .cdb files; there is nothing to migrate.")

PARAMETERS: tuple[Parameter, ...] = (
    words(
        "alternate_config_directories",
        "",
        Accepted("Users ask the instances that multi_instance_directories names, and no other."),
    ),
    patterns(
        "authorized_flush_users",
        "static:anyone",
        Acts("Users who may have queued mail tried again."),
    ),
    patterns("authorized_mailq_users", "static:anyone", Acts("Users who may list the queue.")),
    patterns("authorized_submit_users", "static:anyone", Acts("Users who may send mail.")),
    needed(
        "cleanup_service_name",
        "cleanup",
        Acts("Which service of cleanup gets new mail: a second one may rewrite and check less."),
    ),
    needed(
        "command_directory",
        "/usr/sbin",
        Acts(
            "Where the commands are, for values and commands that refer to it; they find each "
            "other where they are."
        ),
    ),
    needed("config_directory", "/etc/postroom", Acts("Where main.cf and master.cf are.")),
    needed(
        "daemon_directory",
        "/usr/lib/postroom",
        Acts(
            "Where the daemons are, as the Python package postroom, if not where the package "
            "manager puts them. Postfix's own directory (/usr/lib/postfix/sbin) stands for that."
        ),
    ),
    needed(
        "data_directory",
        "/var/lib/postroom",
        Accepted("systemd keeps the state: /var/lib/postroom."),
    ),
    text("defer_service_name", "defer", OWN_SOCKET),
    text("error_service_name", "error", OWN_SOCKET),
    text("html_directory", "no", Accepted("Documentation is where the package puts it.")),
    words(
        "import_environment",
        "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE "
        "POSTLOG_HOSTNAME",
        Acts(
            "The environment of services, as name=value.",
            limits="names without a value are for systemd (PassEnvironment=), and commands "
            "inherit nothing from whoever calls",
        ),
    ),
    text("mailq_path", "/usr/bin/mailq", Accepted("Programs are where the package puts them.")),
    text(
        "manpage_directory",
        "/usr/share/man",
        Accepted("Documentation is where the package puts it."),
    ),
    text("meta_directory", "/etc/postroom", Accepted("There are no such files here.")),
    text(
        "newaliases_path",
        "/usr/bin/newaliases",
        Accepted("Programs are where the package puts them."),
    ),
    text("non_bdb_migration_service_name", "nbdb_reindex", INDEXED),
    text("pickup_service_name", "pickup", OWN_SOCKET),
    needed("process_id_directory", "pid", Accepted("systemd knows the processes.")),
    text("proxymap_service_name", "proxymap", OWN_SOCKET),
    text("proxywrite_service_name", "proxywrite", IN_MEMORY),
    needed(
        "queue_directory",
        "/var/lib/postroom",
        Acts(
            "Where the queue is, and where relative paths of sockets begin (lmtp:unix:path). "
            "Postfix's own queue (/var/spool/postfix) is no place for ours, which stays where it "
            "is by default, but sockets are found there."
        ),
    ),
    text("queue_service_name", "qmgr", OWN_SOCKET),
    text("readme_directory", "no", Accepted("Documentation is where the package puts it.")),
    text(
        "sample_directory", "/etc/postroom", Accepted("Documentation is where the package puts it.")
    ),
    text(
        "sendmail_path", "/usr/sbin/sendmail", Accepted("Programs are where the package puts them.")
    ),
    needed("setgid_group", "postroom-drop", Accepted("No program here is setgid.")),
    text("shlib_directory", "no", Accepted("There are no such files here.")),
    text("showq_service_name", "showq", OWN_SOCKET),
    choice(
        "submission_mode",
        "socket",
        Acts(
            "How programs hand in mail: through a socket (socket), as files in a directory that "
            "everybody can write to (maildrop), or through a socket, with a directory that who "
            "answers there can only add to (restricted)."
        ),
        "socket",
        "maildrop",
        "restricted",
    ),
    text("trace_service_name", "trace", OWN_SOCKET),
)
