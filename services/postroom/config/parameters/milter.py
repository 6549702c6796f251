"""Parameters of mail filters that speak Sendmail's milter protocol."""

from postroom.config.mail_filters import ACTIONS, ProtocolText
from postroom.config.parameter import (
    Acts,
    Parameter,
    choice,
    needed,
    seconds,
    tables,
    text,
    words,
)

PARAMETERS: tuple[Parameter, ...] = (
    seconds("milter_command_timeout", "30s", Acts("How long a milter may take for a command."), 1),
    words(
        "milter_connect_macros",
        "j {daemon_name} {daemon_addr} v _",
        Acts("What milters are told with a new client."),
    ),
    seconds("milter_connect_timeout", "30s", Acts("How long connecting to a milter may take."), 1),
    seconds("milter_content_timeout", "300s", Acts("How long a milter may take for content."), 1),
    words("milter_data_macros", "i", Acts("What milters are told with DATA.")),
    choice(
        "milter_default_action",
        "shutdown",
        Acts("What becomes of mail whose milter cannot be asked."),
        *ACTIONS,
    ),
    words("milter_end_of_data_macros", "i", Acts("What milters are told behind the body.")),
    words("milter_end_of_header_macros", "i", Acts("What milters are told behind the header.")),
    tables(
        "milter_header_checks", "", Acts("Tables that look at header fields which milters write.")
    ),
    words(
        "milter_helo_macros",
        "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
        Acts("What milters are told with HELO."),
    ),
    needed("milter_macro_daemon_name", "$myhostname", Acts("The macro {daemon_name}.")),
    words("milter_macro_defaults", "", Acts("Values of macros that have no other.")),
    text("milter_macro_v", "$mail_name $mail_version", Acts("The macro v.")),
    words(
        "milter_mail_macros",
        "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}",
        Acts("What milters are told with MAIL."),
    ),
    Parameter(
        "milter_protocol", ProtocolText(), "6", Acts("The protocol's version; no_header_reply.")
    ),
    words(
        "milter_rcpt_macros",
        "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
        Acts("What milters are told with RCPT."),
    ),
    words(
        "milter_unknown_command_macros",
        "",
        Acts("What milters are told with a command that nobody knows."),
    ),
    words("non_smtpd_milters", "", Acts("Who looks at mail that did not come by SMTP.")),
    tables(
        "smtpd_milter_maps",
        "",
        Acts("Milters by a client's address, in place of smtpd_milters; DISABLE: none."),
    ),
    words("smtpd_milters", "", Acts("Who looks at mail that comes by SMTP.")),
)
