"""Parameters of lmtp(8)."""

from postroom.config.parameter import (
    Acts,
    Legacy,
    Obsolete,
    Parameter,
    choice,
    needed,
    number,
    patterns,
    seconds,
    tables,
    text,
    words,
    yes_no,
)

OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    choice(
        "lmtp_address_preference",
        "any",
        Acts("Which of IPv4 and IPv6 is tried first."),
        "any",
        "ipv4",
        "ipv6",
    ),
    choice(
        "lmtp_address_verify_target",
        "rcpt",
        Acts("Whether a probe ends with the reply to RCPT or to DATA."),
        "rcpt",
        "data",
    ),
    yes_no(
        "lmtp_assume_final",
        "no",
        Acts('A server without DSN is the end of the way: the sender hears of "delivered" mail.'),
    ),
    yes_no(
        "lmtp_balance_inet_protocols", "yes", Acts("Mix IPv4 and IPv6 among the addresses tried.")
    ),
    text("lmtp_bind_address", "", Acts("The IPv4 address mail is sent from.")),
    text("lmtp_bind_address6", "", Acts("The IPv6 address mail is sent from.")),
    yes_no(
        "lmtp_bind_address_enforce", "no", Acts("Send no mail when that address cannot be had.")
    ),
    tables(
        "lmtp_body_checks",
        "",
        Acts("Tables that may change lines of bodies of mail that goes out."),
    ),
    text("lmtp_cache_connection", "", OBSOLETE),
    yes_no(
        "lmtp_cname_overrides_servername",
        "no",
        Acts("Whether a server is called what its name is an alias of."),
    ),
    seconds(
        "lmtp_connect_timeout",
        "0s",
        Acts("How long to wait for a connection; 0: as long as the kernel."),
    ),
    patterns(
        "lmtp_connection_cache_destinations",
        "",
        Acts("Destinations whose connections are always kept."),
    ),
    yes_no(
        "lmtp_connection_cache_on_demand",
        "yes",
        Acts("Keep connections while much mail is waiting for them."),
    ),
    seconds(
        "lmtp_connection_cache_time_limit", "2s", Acts("How long an unused connection is kept.")
    ),
    number(
        "lmtp_connection_reuse_count_limit",
        "0",
        Acts("How many deliveries one connection serves; 0 is no limit."),
    ),
    seconds("lmtp_connection_reuse_time_limit", "300s", Acts("How long one connection serves.")),
    seconds(
        "lmtp_data_done_timeout",
        "600s",
        Acts("How long to wait for the reply to the content."),
        low=1,
    ),
    seconds(
        "lmtp_data_init_timeout", "120s", Acts("How long to wait for the reply to DATA."), low=1
    ),
    seconds(
        "lmtp_data_xfer_timeout", "180s", Acts("How long one piece of content may take."), low=1
    ),
    yes_no(
        "lmtp_defer_if_no_mx_address_found",
        "no",
        Acts("Try later when no mail exchanger has an address."),
    ),
    tables(
        "lmtp_delivery_status_filter", "$default_delivery_status_filter", Acts("The same for lmtp.")
    ),
    number(
        "lmtp_destination_concurrency_limit",
        "$default_destination_concurrency_limit",
        Acts("default_destination_concurrency_limit of the transport lmtp."),
    ),
    number(
        "lmtp_destination_recipient_limit",
        "$default_destination_recipient_limit",
        Acts("default_destination_recipient_limit of the transport lmtp."),
    ),
    tables(
        "lmtp_discard_lhlo_keyword_address_maps", "", Acts("The same by the address of the server.")
    ),
    words("lmtp_discard_lhlo_keywords", "", Acts("What a server announces and we do not use.")),
    tables(
        "lmtp_dns_reply_filter", "", Acts("Tables of what records of the name service are ignored.")
    ),
    words(
        "lmtp_dns_resolver_options",
        "",
        Acts("The same as smtp_dns_resolver_options, for lmtp."),
        *("res_defnames", "res_dnsrch"),
    ),
    choice(
        "lmtp_dns_support_level",
        "",
        Acts("Whether DNS is asked: disabled, enabled, dnssec."),
        "",
        "disabled",
        "enabled",
        "dnssec",
    ),
    words(
        "lmtp_fallback_relay",
        "",
        Acts("Where mail goes when its own mail exchangers cannot be found or reached."),
    ),
    tables(
        "lmtp_generic_maps",
        "",
        Acts("Our addresses as other hosts are to see them, in envelope and header."),
    ),
    tables(
        "lmtp_header_checks",
        "",
        Acts("Tables that may change headers of mail that goes out (header_checks(5))."),
    ),
    words(
        "lmtp_host_lookup",
        "dns",
        Acts("Who knows the addresses of hosts: dns, native."),
        "dns",
        "native",
    ),
    needed("lmtp_lhlo_name", "$myhostname", Acts("What we say in LHLO.")),
    seconds(
        "lmtp_lhlo_timeout",
        "300s",
        Acts("How long to wait for the greeting and the reply to LHLO."),
        low=1,
    ),
    number(
        "lmtp_line_length_limit",
        "998",
        Acts("The longest line sent in bytes; longer ones are broken."),
    ),
    seconds("lmtp_mail_timeout", "300s", Acts("How long to wait for the reply to MAIL."), low=1),
    tables(
        "lmtp_mime_header_checks",
        "",
        Acts("Tables that may change MIME headers of mail that goes out."),
    ),
    number(
        "lmtp_min_data_rate",
        "500",
        Acts("How many bytes of content a second are enough for lmtp_per_request_deadline."),
        low=1,
    ),
    number(
        "lmtp_mx_address_limit",
        "5",
        Acts("How many addresses of mail exchangers are tried; 0 is no limit."),
    ),
    number(
        "lmtp_mx_session_limit",
        "2",
        Acts("How many sessions one delivery may take; 0 is no limit."),
    ),
    tables(
        "lmtp_nested_header_checks",
        "",
        Acts("Tables that may change headers of messages within those that go out."),
    ),
    text("lmtp_per_record_deadline", "", Legacy("lmtp_per_request_deadline")),
    yes_no(
        "lmtp_per_request_deadline",
        "${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}",
        Acts("Whether times are for a reply as a whole, and not for each piece of it."),
    ),
    seconds("lmtp_pix_workaround_delay_time", "10s", Acts("How long the final dot waits then.")),
    tables("lmtp_pix_workaround_maps", "", Acts("The same by the address of the server.")),
    seconds(
        "lmtp_pix_workaround_threshold_time",
        "500s",
        Acts("How old a message is before its final dot waits."),
    ),
    words(
        "lmtp_pix_workarounds",
        "disable_esmtp,delay_dotcrlf",
        Acts("What is done where a firewall masks the greeting of a server."),
        "disable_esmtp",
        "delay_dotcrlf",
    ),
    seconds("lmtp_quit_timeout", "300s", Acts("How long to wait for the reply to QUIT."), low=1),
    yes_no(
        "lmtp_quote_rfc821_envelope",
        "yes",
        Acts("Quote addresses in commands as the standard wants it."),
    ),
    yes_no(
        "lmtp_randomize_addresses", "yes", Acts("Try addresses of one preference in random order.")
    ),
    seconds("lmtp_rcpt_timeout", "300s", Acts("How long to wait for the reply to RCPT."), low=1),
    tables(
        "lmtp_reply_filter", "", Acts("A table that has other lines for some that servers say.")
    ),
    seconds("lmtp_rset_timeout", "20s", Acts("How long to wait for the reply to RSET."), low=1),
    yes_no(
        "lmtp_send_dummy_mail_auth",
        "no",
        Acts("Whether MAIL has AUTH=<> where we have logged in."),
    ),
    yes_no(
        "lmtp_send_xforward_command",
        "no",
        Acts("Tell servers that want to hear it where a message came from (XFORWARD)."),
    ),
    yes_no(
        "lmtp_skip_5xx_greeting", "yes", Acts("Try the next host when one greets with a refusal.")
    ),
    yes_no("lmtp_skip_quit_response", "no", Acts("Do not wait for the reply to QUIT.")),
    number("lmtp_tcp_port", "24", Acts("The port mail is sent to.")),
    seconds(
        "lmtp_xforward_timeout", "300s", Acts("How long to wait for the reply to XFORWARD."), low=1
    ),
)
