"""Parameters of smtp(8), the SMTP client."""

from postroom.config.parameter import (
    Accepted,
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

OWN_CACHE = Accepted("Each client keeps its own connections (smtp_connection_cache_time_limit).")
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no(
        "allow_srv_lookup_fallback",
        "no",
        Acts("Look for mail exchangers when there are no SRV records."),
    ),
    text(
        "best_mx_transport",
        "",
        Acts("The transport of domains whose best mail exchanger we are, though no list has them."),
    ),
    seconds("connection_cache_protocol_timeout", "5s", OWN_CACHE),
    text("connection_cache_service_name", "scache", OWN_CACHE),
    seconds("connection_cache_status_update_time", "600s", OWN_CACHE),
    seconds(
        "connection_cache_ttl_limit",
        "2s",
        Acts("The most that counts of smtp_connection_cache_time_limit and its like."),
        low=1,
    ),
    yes_no("disable_dns_lookups", "no", Acts("Ask hosts(5) instead of DNS for where mail goes.")),
    yes_no(
        "dns_ncache_ttl_fix_enable",
        "no",
        Accepted("How long a name is known not to be is read from the answer itself."),
    ),
    text(
        "dnssec_probe",
        "ns:.",
        Accepted("Whether the resolver validates is seen from its answers about each host."),
    ),
    text("fallback_relay", "", Legacy("smtp_fallback_relay")),
    yes_no("ignore_mx_lookup_error", "no", Acts("Look for an address when the MX lookup fails.")),
    yes_no(
        "ignore_srv_lookup_error", "no", Acts("Look for mail exchangers when the SRV lookup fails.")
    ),
    choice(
        "smtp_address_preference",
        "any",
        Acts("Which of IPv4 and IPv6 is tried first."),
        "any",
        "ipv4",
        "ipv6",
    ),
    choice(
        "smtp_address_verify_target",
        "rcpt",
        Acts("Whether a probe ends with the reply to RCPT or to DATA."),
        "rcpt",
        "data",
    ),
    yes_no("smtp_always_send_ehlo", "yes", Acts("Say EHLO though the banner does not say ESMTP.")),
    yes_no(
        "smtp_balance_inet_protocols", "yes", Acts("Mix IPv4 and IPv6 among the addresses tried.")
    ),
    text("smtp_bind_address", "", Acts("The IPv4 address mail is sent from.")),
    text("smtp_bind_address6", "", Acts("The IPv6 address mail is sent from.")),
    yes_no(
        "smtp_bind_address_enforce", "no", Acts("Send no mail when that address cannot be had.")
    ),
    tables(
        "smtp_body_checks",
        "",
        Acts("Tables that may change lines of bodies of mail that goes out."),
    ),
    yes_no(
        "smtp_cname_overrides_servername",
        "no",
        Acts("Whether a server is called what its name is an alias of."),
    ),
    seconds(
        "smtp_connect_timeout",
        "30s",
        Acts("How long to wait for a connection; 0: as long as the kernel."),
    ),
    patterns(
        "smtp_connection_cache_destinations",
        "",
        Acts("Destinations whose connections are always kept."),
    ),
    yes_no(
        "smtp_connection_cache_on_demand",
        "yes",
        Acts("Keep connections while much mail is waiting for them."),
    ),
    seconds(
        "smtp_connection_cache_time_limit", "2s", Acts("How long an unused connection is kept.")
    ),
    number(
        "smtp_connection_reuse_count_limit",
        "0",
        Acts("How many deliveries one connection serves; 0 is no limit."),
    ),
    seconds("smtp_connection_reuse_time_limit", "300s", Acts("How long one connection serves.")),
    seconds(
        "smtp_data_done_timeout",
        "600s",
        Acts("How long to wait for the reply to the content."),
        low=1,
    ),
    seconds(
        "smtp_data_init_timeout", "120s", Acts("How long to wait for the reply to DATA."), low=1
    ),
    seconds(
        "smtp_data_xfer_timeout", "180s", Acts("How long one piece of content may take."), low=1
    ),
    yes_no(
        "smtp_defer_if_no_mx_address_found",
        "no",
        Acts("Try later when no mail exchanger has an address."),
    ),
    tables(
        "smtp_delivery_status_filter", "$default_delivery_status_filter", Acts("The same for smtp.")
    ),
    number(
        "smtp_destination_concurrency_limit",
        "$default_destination_concurrency_limit",
        Acts("default_destination_concurrency_limit of the transport smtp."),
    ),
    number(
        "smtp_destination_recipient_limit",
        "$default_destination_recipient_limit",
        Acts("default_destination_recipient_limit of the transport smtp."),
    ),
    tables(
        "smtp_discard_ehlo_keyword_address_maps", "", Acts("The same by the address of the server.")
    ),
    words("smtp_discard_ehlo_keywords", "", Acts("What a server announces and we do not use.")),
    tables(
        "smtp_dns_reply_filter", "", Acts("Tables of what records of the name service are ignored.")
    ),
    words(
        "smtp_dns_resolver_options",
        "",
        Acts(
            "Whether the name of a host may lack its domain: one without dots (res_defnames), "
            "every one (res_dnsrch)."
        ),
        *("res_defnames", "res_dnsrch"),
    ),
    choice(
        "smtp_dns_support_level",
        "",
        Acts("Whether DNS is asked: disabled, enabled, dnssec."),
        "",
        "disabled",
        "enabled",
        "dnssec",
    ),
    words(
        "smtp_fallback_relay",
        "$fallback_relay",
        Acts("Where mail goes when its own mail exchangers cannot be found or reached."),
    ),
    tables(
        "smtp_generic_maps",
        "",
        Acts("Our addresses as other hosts are to see them, in envelope and header."),
    ),
    tables(
        "smtp_header_checks",
        "",
        Acts("Tables that may change headers of mail that goes out (header_checks(5))."),
    ),
    needed("smtp_helo_name", "$myhostname", Acts("What we say in HELO and EHLO.")),
    seconds(
        "smtp_helo_timeout",
        "300s",
        Acts("How long to wait for the banner and the reply to HELO."),
        low=1,
    ),
    words(
        "smtp_host_lookup",
        "dns",
        Acts("Who knows the addresses of hosts: dns, native."),
        "dns",
        "native",
    ),
    number(
        "smtp_line_length_limit",
        "998",
        Acts("The longest line sent in bytes; longer ones are broken."),
    ),
    seconds("smtp_mail_timeout", "300s", Acts("How long to wait for the reply to MAIL."), low=1),
    tables(
        "smtp_mime_header_checks",
        "",
        Acts("Tables that may change MIME headers of mail that goes out."),
    ),
    number(
        "smtp_min_data_rate",
        "500",
        Acts("How many bytes of content a second are enough for smtp_per_request_deadline."),
        low=1,
    ),
    number(
        "smtp_mx_address_limit",
        "5",
        Acts("How many addresses of mail exchangers are tried; 0 is no limit."),
    ),
    number(
        "smtp_mx_session_limit",
        "2",
        Acts("How many sessions one delivery may take; 0 is no limit."),
    ),
    tables(
        "smtp_nested_header_checks",
        "",
        Acts("Tables that may change headers of messages within those that go out."),
    ),
    yes_no("smtp_never_send_ehlo", "no", Acts("Never say EHLO.")),
    text("smtp_per_record_deadline", "", Legacy("smtp_per_request_deadline")),
    yes_no(
        "smtp_per_request_deadline",
        "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}",
        Acts("Whether times are for a reply as a whole, and not for each piece of it."),
    ),
    seconds("smtp_pix_workaround_delay_time", "10s", Acts("How long the final dot waits then.")),
    tables("smtp_pix_workaround_maps", "", Acts("The same by the address of the server.")),
    seconds(
        "smtp_pix_workaround_threshold_time",
        "500s",
        Acts("How old a message is before its final dot waits."),
    ),
    words(
        "smtp_pix_workarounds",
        "disable_esmtp,delay_dotcrlf",
        Acts("What is done where a firewall masks the greeting of a server."),
        "disable_esmtp",
        "delay_dotcrlf",
    ),
    seconds("smtp_quit_timeout", "300s", Acts("How long to wait for the reply to QUIT."), low=1),
    yes_no(
        "smtp_quote_rfc821_envelope",
        "yes",
        Acts("Quote addresses in commands as the standard wants it."),
    ),
    yes_no(
        "smtp_randomize_addresses", "yes", Acts("Try addresses of one preference in random order.")
    ),
    seconds("smtp_rcpt_timeout", "300s", Acts("How long to wait for the reply to RCPT."), low=1),
    tables(
        "smtp_reply_filter", "", Acts("A table that has other lines for some that servers say.")
    ),
    seconds("smtp_rset_timeout", "20s", Acts("How long to wait for the reply to RSET."), low=1),
    yes_no(
        "smtp_send_dummy_mail_auth",
        "no",
        Acts("Whether MAIL has AUTH=<> where we have logged in."),
    ),
    yes_no(
        "smtp_send_xforward_command",
        "no",
        Acts("Tell servers that want to hear it where a message came from (XFORWARD)."),
    ),
    yes_no("smtp_skip_4xx_greeting", "yes", OBSOLETE),
    yes_no(
        "smtp_skip_5xx_greeting", "yes", Acts("Try the next host when one greets with a refusal.")
    ),
    yes_no("smtp_skip_quit_response", "yes", Acts("Do not wait for the reply to QUIT.")),
    text("smtp_tcp_port", "smtp", Acts("The port mail is sent to.")),
    seconds(
        "smtp_xforward_timeout", "300s", Acts("How long to wait for the reply to XFORWARD."), low=1
    ),
    words("use_srv_lookup", "", Acts("Services whose hosts are found by SRV records.")),
)
