"""milter: ask the mail filters of main.cf about a session, and about each message in it.

Sendmail's filters (opendkim, rspamd, clamav-milter …) listen on sockets of their own. They hear
what a client says, may refuse it at any step, and at the end of a message may change its header
and body, its sender and recipients, or have it wait in the hold queue. Where several are named,
each sees what those before it made of a message. In Postfix smtpd(8) and cleanup(8) speak to
them; here neither has a way to anything outside, and both ask this service.

Sockets
    milter: contract ``milter``; a session is open as long as its client's, and is named by a key.

Asks
    The filters that main.cf names; proxymap, about fields that filters write
    (milter_header_checks), of which the first 2,048 characters count.

SECURITY
    Runs as a dynamic user; its unit can reach the addresses of the filters and nothing else. A
    filter is believed what the protocol lets it say, what it asked to be allowed, and no more:
    anything else ends its part in the session, and milter_default_action says what becomes of
    the mail. What it makes of a header is checked and folded before it is stored.

STANDARDS
    Sendmail 8 milter protocol, versions 2, 3, 4 and 6; RFC 5321 (replies), RFC 3463.

BUGS
    A reply without an enhanced status code gets a general one. Where a table of a server names
    filters (smtpd_milter_maps), the way is open to all addresses; one in a file is read when the
    configuration is, and filters that it names later are reached after a reload. ESMTP
    parameters of added recipients and changed senders are not used.

PARAMETERS
    smtpd_milters, smtpd_milter_maps and non_smtpd_milters with options in braces,
    milter_connect_timeout, milter_command_timeout, milter_content_timeout, milter_protocol,
    milter_default_action, milter_connect_macros, milter_helo_macros, milter_mail_macros,
    milter_rcpt_macros, milter_data_macros, milter_end_of_header_macros,
    milter_end_of_data_macros, milter_unknown_command_macros, milter_macro_daemon_name,
    milter_macro_v, milter_macro_defaults, max_idle, syslog_facility, syslog_name.
"""
