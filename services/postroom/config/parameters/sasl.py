"""Parameters of authentication, of clients to us and of us to servers."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
    cache,
    choice,
    days,
    number,
    patterns,
    reply_code,
    tables,
    text,
    words,
    yes_no,
)

DOVECOT = Accepted("Dovecot authenticates clients; there is no Cyrus SASL.")
OWN = Accepted("The clients have their own mechanisms, and these need no plug-ins.")
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
    cache(
        "lmtp_sasl_auth_cache_name",
        "",
        Acts("Where it names any, a refused password is not tried again; kept in memory."),
    ),
    days(
        "lmtp_sasl_auth_cache_time", "90d", Acts("How long a refused password is not tried again.")
    ),
    yes_no("lmtp_sasl_auth_enable", "no", Acts("Authenticate to servers.")),
    yes_no(
        "lmtp_sasl_auth_soft_bounce",
        "yes",
        Acts("Try mail later where the server did not take our password."),
    ),
    patterns(
        "lmtp_sasl_mechanism_filter", "", Acts("The mechanisms that a server is heard to offer.")
    ),
    tables(
        "lmtp_sasl_password_maps",
        "",
        Acts("Our user:password by server or destination; only root need be able to read it."),
    ),
    text("lmtp_sasl_password_result_delimiter", ":", Acts("What separates user and password.")),
    text("lmtp_sasl_path", "", OWN),
    words(
        "lmtp_sasl_security_options",
        "noplaintext, noanonymous",
        Acts("What a mechanism must not allow: noplaintext, noanonymous and so on."),
    ),
    words(
        "lmtp_sasl_tls_security_options",
        "$lmtp_sasl_security_options",
        Acts("lmtp_sasl_security_options where the connection has TLS."),
    ),
    words(
        "lmtp_sasl_tls_verified_security_options",
        "$lmtp_sasl_tls_security_options",
        Acts("lmtp_sasl_security_options where the server has proved its name."),
    ),
    text("lmtp_sasl_type", "cyrus", OWN),
    yes_no(
        "lmtp_sender_dependent_authentication",
        "no",
        Acts("Look for our password by the sender of the mail, too."),
    ),
    reply_code("plaintext_reject_code", "450", Acts("For reject_plaintext_session.")),
    yes_no("send_cyrus_sasl_authzid", "no", OWN),
    cache(
        "smtp_sasl_auth_cache_name",
        "",
        Acts("Where it names any, a refused password is not tried again; kept in memory."),
    ),
    days(
        "smtp_sasl_auth_cache_time", "90d", Acts("How long a refused password is not tried again.")
    ),
    yes_no("smtp_sasl_auth_enable", "no", Acts("Authenticate to servers.")),
    yes_no(
        "smtp_sasl_auth_soft_bounce",
        "yes",
        Acts("Try mail later where the server did not take our password."),
    ),
    patterns(
        "smtp_sasl_mechanism_filter", "", Acts("The mechanisms that a server is heard to offer.")
    ),
    tables(
        "smtp_sasl_password_maps",
        "",
        Acts("Our user:password by server or destination; only root need be able to read it."),
    ),
    text("smtp_sasl_password_result_delimiter", ":", Acts("What separates user and password.")),
    text("smtp_sasl_path", "", OWN),
    words(
        "smtp_sasl_security_options",
        "noplaintext, noanonymous",
        Acts("What a mechanism must not allow: noplaintext, noanonymous and so on."),
    ),
    words(
        "smtp_sasl_tls_security_options",
        "$smtp_sasl_security_options",
        Acts("smtp_sasl_security_options where the connection has TLS."),
    ),
    words(
        "smtp_sasl_tls_verified_security_options",
        "$smtp_sasl_tls_security_options",
        Acts("smtp_sasl_security_options where the server has proved its name."),
    ),
    text("smtp_sasl_type", "cyrus", OWN),
    yes_no(
        "smtp_sender_dependent_authentication",
        "no",
        Acts("Look for our password by the sender of the mail, too."),
    ),
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
        low=1,
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
