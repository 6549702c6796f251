"""Parameters of mail filters that speak Sendmail's milter protocol."""

from postroom.config.parameter import (
    Accepted,
    Parameter,
    Refused,
    needed,
    number,
    seconds,
    tables,
    text,
    words,
)

LATER = Accepted("Milters are not asked yet.")

PARAMETERS: tuple[Parameter, ...] = (
    seconds("milter_command_timeout", "30s", LATER, low=1),
    words("milter_connect_macros", "j {daemon_name} {daemon_addr} v _", LATER),
    seconds("milter_connect_timeout", "30s", LATER, low=1),
    seconds("milter_content_timeout", "300s", LATER, low=1),
    words("milter_data_macros", "i", LATER),
    text("milter_default_action", "shutdown", LATER),
    words("milter_end_of_data_macros", "i", LATER),
    words("milter_end_of_header_macros", "i", LATER),
    tables(
        "milter_header_checks",
        "",
        Refused("Milters cannot be called yet, and mail must not pass around them."),
    ),
    words(
        "milter_helo_macros",
        "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
        LATER,
    ),
    needed("milter_macro_daemon_name", "$myhostname", LATER),
    words("milter_macro_defaults", "", LATER),
    text("milter_macro_v", "$mail_name $mail_version", LATER),
    words(
        "milter_mail_macros",
        "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}",
        LATER,
    ),
    number("milter_protocol", "6", LATER),
    words("milter_rcpt_macros", "i {rcpt_addr} {rcpt_host} {rcpt_mailer}", LATER),
    words("milter_unknown_command_macros", "", LATER),
    words(
        "non_smtpd_milters",
        "",
        Refused("Milters cannot be called yet, and mail must not pass around them."),
    ),
    tables("smtpd_milter_maps", "", LATER),
    words(
        "smtpd_milters",
        "",
        Refused("Milters cannot be called yet, and mail must not pass around them."),
    ),
)
