"""Parameters that smtp(8) and lmtp(8) have alike: where they connect, say what, wait how long."""

from postroom.config.parameter import (
    Acts,
    Legacy,
    choice,
    number,
    patterns,
    seconds,
    tables,
    text,
    words,
    yes_no,
)
from postroom.config.parameters.any_client import of_each_client

PARAMETERS = of_each_client(
    choice(
        "client_address_preference",
        "any",
        Acts("Which of IPv4 and IPv6 is tried first."),
        "any",
        "ipv4",
        "ipv6",
    ),
    choice(
        "client_address_verify_target",
        "rcpt",
        Acts("Whether a probe ends with the reply to RCPT or to DATA."),
        "rcpt",
        "data",
    ),
    yes_no(
        "client_balance_inet_protocols",
        "yes",
        Acts("Mix IPv4 and IPv6 among the addresses tried."),
    ),
    text("client_bind_address", "", Acts("The IPv4 address mail is sent from.")),
    text("client_bind_address6", "", Acts("The IPv6 address mail is sent from.")),
    yes_no(
        "client_bind_address_enforce",
        "no",
        Acts("Send no mail when that address cannot be had."),
    ),
    tables(
        "client_body_checks",
        "",
        Acts("Tables that may change lines of bodies of mail that goes out."),
    ),
    yes_no(
        "client_cname_overrides_servername",
        "no",
        Acts("Whether a server is called what its name is an alias of."),
    ),
    patterns(
        "client_connection_cache_destinations",
        "",
        Acts("Destinations whose connections are always kept."),
    ),
    yes_no(
        "client_connection_cache_on_demand",
        "yes",
        Acts("Keep connections while much mail is waiting for them."),
    ),
    seconds(
        "client_connection_cache_time_limit",
        "2s",
        Acts("How long an unused connection is kept."),
        low=1,
    ),
    number(
        "client_connection_reuse_count_limit",
        "0",
        Acts("How many deliveries one connection serves; 0 is no limit."),
    ),
    seconds(
        "client_connection_reuse_time_limit", "300s", Acts("How long one connection serves."), low=1
    ),
    seconds(
        "client_data_done_timeout",
        "600s",
        Acts("How long to wait for the reply to the content."),
        low=1,
    ),
    seconds(
        "client_data_init_timeout",
        "120s",
        Acts("How long to wait for the reply to DATA."),
        low=1,
    ),
    seconds(
        "client_data_xfer_timeout",
        "180s",
        Acts("How long one piece of content may take."),
        low=1,
    ),
    yes_no(
        "client_defer_if_no_mx_address_found",
        "no",
        Acts("Try later when no mail exchanger has an address."),
    ),
    tables(
        "client_delivery_status_filter",
        "$default_delivery_status_filter",
        Acts("default_delivery_status_filter for this client."),
    ),
    number(
        "client_destination_concurrency_limit",
        "$default_destination_concurrency_limit",
        Acts("default_destination_concurrency_limit of this transport."),
    ),
    number(
        "client_destination_recipient_limit",
        "$default_destination_recipient_limit",
        Acts("default_destination_recipient_limit of this transport."),
    ),
    tables(
        "client_dns_reply_filter",
        "",
        Acts("Tables of what records of the name service are ignored."),
    ),
    words(
        "client_dns_resolver_options",
        "",
        Acts(
            "Whether the name of a host may lack its domain: one without dots (res_defnames), "
            "every one (res_dnsrch)."
        ),
        *("res_defnames", "res_dnsrch"),
    ),
    choice(
        "client_dns_support_level",
        "",
        Acts("Whether DNS is asked: disabled, enabled, dnssec."),
        "",
        "disabled",
        "enabled",
        "dnssec",
    ),
    tables(
        "client_generic_maps",
        "",
        Acts("Our addresses as other hosts are to see them, in envelope and header."),
    ),
    tables(
        "client_header_checks",
        "",
        Acts("Tables that may change headers of mail that goes out (header_checks(5))."),
    ),
    words(
        "client_host_lookup",
        "dns",
        Acts("Who knows the addresses of hosts: dns, native."),
        "dns",
        "native",
    ),
    number(
        "client_line_length_limit",
        "998",
        Acts("The longest line sent in bytes; longer ones are broken."),
    ),
    seconds("client_mail_timeout", "300s", Acts("How long to wait for the reply to MAIL."), low=1),
    tables(
        "client_mime_header_checks",
        "",
        Acts("Tables that may change MIME headers of mail that goes out."),
    ),
    number(
        "client_min_data_rate",
        "500",
        Acts("How many bytes of content a second are enough for client_per_request_deadline."),
        low=1,
    ),
    number(
        "client_mx_address_limit",
        "5",
        Acts("How many addresses of mail exchangers are tried; 0 is no limit."),
    ),
    number(
        "client_mx_session_limit",
        "2",
        Acts("How many sessions one delivery may take; 0 is no limit."),
    ),
    tables(
        "client_nested_header_checks",
        "",
        Acts("Tables that may change headers of messages within those that go out."),
    ),
    text("client_per_record_deadline", "", Legacy("client_per_request_deadline")),
    yes_no(
        "client_per_request_deadline",
        "${client_per_record_deadline?{$client_per_record_deadline}:{no}}",
        Acts("Whether times are for a reply as a whole, and not for each piece of it."),
    ),
    seconds(
        "client_pix_workaround_delay_time", "10s", Acts("How long the final dot waits then."), low=1
    ),
    tables("client_pix_workaround_maps", "", Acts("The same by the address of the server.")),
    seconds(
        "client_pix_workaround_threshold_time",
        "500s",
        Acts("How old a message is before its final dot waits."),
    ),
    words(
        "client_pix_workarounds",
        "disable_esmtp,delay_dotcrlf",
        Acts("What is done where a firewall masks the greeting of a server."),
        "disable_esmtp",
        "delay_dotcrlf",
    ),
    seconds("client_quit_timeout", "300s", Acts("How long to wait for the reply to QUIT."), low=1),
    yes_no(
        "client_quote_rfc821_envelope",
        "yes",
        Acts("Quote addresses in commands as the standard wants it."),
    ),
    yes_no(
        "client_randomize_addresses",
        "yes",
        Acts("Try addresses of one preference in random order."),
    ),
    seconds("client_rcpt_timeout", "300s", Acts("How long to wait for the reply to RCPT."), low=1),
    tables(
        "client_reply_filter",
        "",
        Acts("A table that has other lines for some that servers say."),
    ),
    seconds("client_rset_timeout", "20s", Acts("How long to wait for the reply to RSET."), low=1),
    yes_no(
        "client_send_dummy_mail_auth",
        "no",
        Acts("Whether MAIL has AUTH=<> where we have logged in."),
    ),
    yes_no(
        "client_send_xforward_command",
        "no",
        Acts("Tell servers that want to hear it where a message came from (XFORWARD)."),
    ),
    yes_no(
        "client_skip_5xx_greeting",
        "yes",
        Acts("Try the next host when one greets with a refusal."),
    ),
    seconds(
        "client_xforward_timeout",
        "300s",
        Acts("How long to wait for the reply to XFORWARD."),
        low=1,
    ),
)
