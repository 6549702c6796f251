"""Parameters of authentication, of clients to us."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
    choice,
    number,
    patterns,
    reply_code,
    tables,
    text,
    words,
    yes_no,
)

DOVECOT = Accepted("Dovecot authenticates clients; there is no Cyrus SASL.")
SASL_PROPERTIES = (
    "noplaintext",
    "noactive",
    "nodictionary",
    "noanonymous",
    "forward_secrecy",
    "mutual_auth",
)
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no(
        "broken_sasl_auth_clients", "no", Acts("Announce AUTH= as well, as old Outlook wants it.")
    ),
    text("cyrus_sasl_config_path", "", DOVECOT),
    reply_code("plaintext_reject_code", "450", Acts("For reject_plaintext_session.")),
    text("smtpd_sasl_application_name", "smtpd", OBSOLETE),
    yes_no("smtpd_sasl_auth_enable", "no", Acts("Clients may log in (AUTH).")),
    yes_no("smtpd_sasl_authenticated_header", "no", Acts("Say in Received who authenticated.")),
    patterns("smtpd_sasl_exceptions_networks", "", Acts("Clients that AUTH is not offered to.")),
    text(
        "smtpd_sasl_local_domain",
        "",
        Accepted("Dovecot completes names itself (auth_default_realm)."),
    ),
    patterns("smtpd_sasl_mechanism_filter", "!external, static:rest", Acts("Mechanisms of AUTH.")),
    text(
        "smtpd_sasl_path",
        "smtpd",
        Acts(
            "Dovecot's socket: unix:path or inet:host:port. A relative path begins in "
            "/var/spool/postfix, or in the queue_directory that main.cf sets. The socket has to "
            "be open to the group postroom-sasl or postfix, or to all."
        ),
    ),
    number(
        "smtpd_sasl_response_limit",
        "12288",
        Acts("How long a line of an AUTH exchange may be."),
        low=12288,
    ),
    words(
        "smtpd_sasl_security_options",
        "noanonymous",
        Acts("What mechanisms of AUTH must, or must not, be like."),
        *SASL_PROPERTIES,
    ),
    text("smtpd_sasl_service", "smtp", Acts("The service that Dovecot is told of.")),
    words(
        "smtpd_sasl_tls_security_options",
        "$smtpd_sasl_security_options",
        Acts("The same in TLS."),
        *SASL_PROPERTIES,
    ),
    choice(
        "smtpd_sasl_type",
        "cyrus",
        Acts("dovecot; another type ends in an error where AUTH is enabled."),
        "cyrus",
        "dovecot",
    ),
    tables("smtpd_sender_login_maps", "", Acts("Who may use an address as sender.")),
)
