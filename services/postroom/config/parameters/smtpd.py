"""Parameters of smtpd(8), the SMTP server: sessions, commands, limits."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Legacy,
    Parameter,
    Refused,
    choice,
    needed,
    number,
    patterns,
    restrictions,
    seconds,
    tables,
    template,
    text,
    words,
    yes_no,
)

NO_QMQP = Accepted("There is no QMQP server.")
NO_PROXY = Accepted("There is no smtpd_proxy_filter.")
NOT_HANDED_ON = Accepted("smtpd itself does what postscreen does, and hands no connection on.")

PARAMETERS: tuple[Parameter, ...] = (
    seconds(
        "anvil_rate_time_unit",
        "60s",
        Acts("How long a while is in which clients are counted."),
        low=1,
    ),
    seconds(
        "anvil_status_update_time",
        "600s",
        Accepted("Clients are counted without statistics."),
        low=1,
    ),
    text("authorized_verp_clients", "", Legacy("smtpd_authorized_verp_clients")),
    yes_no("disable_vrfy_command", "no", Acts("Refuse VRFY.")),
    yes_no("helpful_warnings", "yes", Acts("Log mistakes such as a domain in two classes.")),
    restrictions(
        "local_header_rewrite_clients",
        "permit_inet_interfaces",
        Acts("Clients whose headers are completed like local mail."),
    ),
    patterns("qmqpd_authorized_clients", "", NO_QMQP),
    yes_no("qmqpd_client_port_logging", "no", NO_QMQP),
    seconds("qmqpd_error_delay", "1s", NO_QMQP),
    seconds("qmqpd_timeout", "300s", NO_QMQP, low=1),
    yes_no(
        "show_user_unknown_table_name",
        "yes",
        Acts("Say in which table an unknown user was looked for."),
    ),
    patterns(
        "smtpd_authorized_verp_clients",
        "$authorized_verp_clients",
        Acts("Clients that may ask for return paths that vary (XVERP)."),
    ),
    patterns(
        "smtpd_authorized_xclient_hosts",
        "",
        Acts("Clients that may pass for others, with all that these may do (XCLIENT)."),
    ),
    patterns(
        "smtpd_authorized_xforward_hosts",
        "",
        Acts("Clients that may tell where they have a message from, for the log (XFORWARD)."),
    ),
    text("smtpd_banner", "$myhostname ESMTP $mail_name", Acts("What clients read first.")),
    number(
        "smtpd_client_auth_rate_limit",
        "0",
        Acts("How often a client may say AUTH in anvil_rate_time_unit."),
    ),
    number(
        "smtpd_client_connection_count_limit", "50", Acts("How often a client may be connected.")
    ),
    text(
        "smtpd_client_connection_limit_exceptions",
        "",
        Legacy("smtpd_client_event_limit_exceptions"),
    ),
    number(
        "smtpd_client_connection_rate_limit",
        "0",
        Acts("How often a client may connect in anvil_rate_time_unit."),
    ),
    patterns(
        "smtpd_client_event_limit_exceptions",
        "${smtpd_client_connection_limit_exceptions:$mynetworks}",
        Acts("Clients that are not counted."),
    ),
    number(
        "smtpd_client_ipv4_prefix_length",
        "32",
        Acts("How much of an address tells one client from another."),
        high=32,
    ),
    number(
        "smtpd_client_ipv6_prefix_length",
        "84",
        Acts("The same of an IPv6 address."),
        high=128,
    ),
    number(
        "smtpd_client_message_rate_limit",
        "0",
        Acts("How many messages a client may begin in anvil_rate_time_unit."),
    ),
    yes_no(
        "smtpd_client_port_logging",
        "no",
        Acts("Whether the log has the ports of clients, too: host[address]:port."),
    ),
    number(
        "smtpd_client_recipient_rate_limit",
        "0",
        Acts("How many recipients a client may name in anvil_rate_time_unit."),
    ),
    tables(
        "smtpd_command_filter",
        "",
        Acts("A table that has other commands for some that clients send."),
    ),
    yes_no(
        "smtpd_delay_open_until_valid_rcpt",
        "yes",
        Acts("Whether a message has a queue id from its first recipient on, or from MAIL."),
    ),
    tables(
        "smtpd_discard_ehlo_keyword_address_maps",
        "",
        Acts("Tables of what is not announced, by the address of the client."),
    ),
    words("smtpd_discard_ehlo_keywords", "", Acts("What is not announced.")),
    tables(
        "smtpd_dns_reply_filter",
        "",
        Acts("Tables of what records of the name service are ignored by restrictions."),
    ),
    seconds(
        "smtpd_error_sleep_time",
        "1s",
        Acts("The pause before the reply to a client that makes errors."),
    ),
    template(
        "smtpd_expansion_filter",
        ""
        "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
        Acts("The characters that values may bring into replies; others become _."),
    ),
    choice(
        "smtpd_forbid_bare_newline",
        "normalize",
        Acts("What is done about lines that end without a carriage return."),
        "yes",
        "no",
        "note",
        "normalize",
        "reject",
    ),
    patterns(
        "smtpd_forbid_bare_newline_exclusions",
        "$mynetworks",
        Acts("Clients that may send such lines."),
    ),
    yes_no(
        "smtpd_forbid_unauth_pipelining",
        "yes",
        Acts("Refuse clients that send commands before they may."),
    ),
    words(
        "smtpd_forbidden_commands",
        "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}",
        Acts("Commands that end a session."),
    ),
    number(
        "smtpd_hard_error_limit",
        "${stress?{1}:{20}}",
        Acts("How many errors end a session."),
        low=1,
    ),
    yes_no("smtpd_helo_required", "no", Acts("Refuse MAIL before HELO.")),
    yes_no(
        "smtpd_hide_client_session",
        "no",
        Acts("Whether the Received header says nothing of the client."),
    ),
    number(
        "smtpd_history_flush_threshold",
        "100",
        Acts("After so many commands and replies a transcript is sent at EHLO, RSET or DATA."),
        low=1,
    ),
    number(
        "smtpd_junk_command_limit",
        "${stress?{1}:{100}}",
        Acts("How many useless commands count as an error each."),
        low=1,
    ),
    number(
        "smtpd_min_data_rate",
        "500",
        Acts("How many bytes of content a second are enough for smtpd_per_request_deadline."),
        low=1,
    ),
    words("smtpd_noop_commands", "", Acts("Commands that do nothing, successfully.")),
    yes_no("smtpd_peername_lookup", "yes", Acts("Look up the names of clients.")),
    text("smtpd_per_record_deadline", "", Legacy("smtpd_per_request_deadline")),
    yes_no(
        "smtpd_per_request_deadline",
        "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}",
        Acts("Whether smtpd_timeout is for a command as a whole, and not for each piece of it."),
    ),
    needed("smtpd_proxy_ehlo", "$myhostname", NO_PROXY),
    text(
        "smtpd_proxy_filter",
        "",
        Refused(
            "There is no filter by SMTP before the queue, and mail must not pass unchecked: "
            "use a milter, or content_filter."
        ),
    ),
    words("smtpd_proxy_options", "", NO_PROXY, "speed_adjust"),
    seconds("smtpd_proxy_timeout", "100s", NO_PROXY, low=1),
    number("smtpd_recipient_limit", "1000", Acts("How many recipients a message may have."), low=1),
    number(
        "smtpd_recipient_overshoot_limit",
        "1000",
        Acts("How many more may be named before they count as errors."),
        low=1,
    ),
    template(
        "smtpd_reject_footer", "", Acts("What stands behind each reply that refuses something.")
    ),
    tables(
        "smtpd_reject_footer_maps",
        "",
        Acts("Tables that have another such text for some replies."),
    ),
    text("smtpd_service_name", "smtpd", NOT_HANDED_ON),
    number(
        "smtpd_soft_error_limit",
        "10",
        Acts("After how many errors replies are slowed down."),
        low=1,
    ),
    seconds(
        "smtpd_timeout", "${stress?{10}:{300}}s", Acts("How long to wait for a client."), low=1
    ),
    choice(
        "smtpd_upstream_proxy_protocol",
        "",
        Acts("How a proxy in front of us says who the client is."),
        "",
        "haproxy",
    ),
    seconds("smtpd_upstream_proxy_timeout", "5s", Acts("How long it may take for that."), low=1),
    words(
        "smtputf8_autodetect_classes",
        "sendmail, verify",
        Acts("Which mail beyond ASCII is known to need SMTPUTF8 though nobody has said so."),
        "sendmail",
        "smtpd",
        "qmqpd",
        "forward",
        "bounce",
        "notify",
        "verify",
        "all",
    ),
    yes_no(
        "smtputf8_enable",
        "${{$compatibility_level} <level {1} ? {no} : {yes}}",
        Acts("Announce and use SMTPUTF8."),
    ),
    text(
        "stress",
        "",
        Acts("Set by itself, for clients that come while a service is busy to its limit."),
    ),
    yes_no(
        "strict_7bit_headers", "no", Acts("Refuse mail with characters beyond ASCII in headers.")
    ),
    yes_no(
        "strict_8bitmime",
        "no",
        Acts("strict_7bit_headers and strict_8bitmime_body at once."),
    ),
    yes_no(
        "strict_8bitmime_body",
        "no",
        Acts("Refuse bodies beyond ASCII whose headers do not say so."),
    ),
    yes_no(
        "strict_mime_encoding_domain",
        "no",
        Acts("Refuse a Content-Transfer-Encoding that RFC 2045 forbids for the type."),
    ),
    yes_no("strict_rfc821_envelopes", "no", Acts("Refuse addresses without angle brackets.")),
    yes_no(
        "strict_smtputf8",
        "no",
        Acts("Take addresses beyond ASCII from clients that ask for SMTPUTF8 only."),
    ),
)
