"""What clients say that speak for others, and the services that they say it to."""

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "example.org",
    "myorigin": "example.org",
    "mynetworks": "127.0.0.0/8",
    "inet_interfaces": "loopback-only",
    "mail_name": "Postfix",
    "smtpd_banner": "$myhostname ESMTP",
    "alias_maps": "",
    "local_recipient_maps": "",
    "home_mailbox": "",
    "notify_classes": "",
    "enable_long_queue_ids": "yes",
    "smtpd_authorized_xclient_hosts": "127.0.0.1",
    "smtpd_authorized_xforward_hosts": "127.0.0.1",
    "smtpd_soft_error_limit": "1000",
    "smtpd_hard_error_limit": "1000",
    "smtpd_helo_required": "yes",
    "smtpd_client_restrictions": "reject_unknown_client_hostname",
    "smtpd_sender_restrictions": "reject_unknown_reverse_client_hostname",
    "smtpd_recipient_restrictions": "permit_sasl_authenticated, permit_mynetworks, reject",
    "header_checks": "regexp:{{/^Subject:/ WARN seen}}",
}
TLS, EARLY, LIMITED, CLOSED, REJECTING, DEFERRING, COUNTED = range(10030, 10037)
FILTER, BACK = 10025, 10026
SERVICES = f"""
127.0.0.1:{TLS} inet n - n - - smtpd
    -o smtpd_tls_security_level=encrypt
127.0.0.1:{EARLY} inet n - n - - smtpd
    -o smtpd_delay_reject=no
    -o {{ smtpd_client_restrictions = check_client_access inline:{{{{192.0.2.7 = REJECT}}}} }}
127.0.0.1:{LIMITED} inet n - n - - smtpd
    -o smtpd_client_connection_count_limit=1
    -o smtpd_client_event_limit_exceptions=
127.0.0.1:{CLOSED} inet n - n - - smtpd
    -o {{ smtpd_authorized_xclient_hosts = !127.0.0.1, 127.0.0.0/8 }}
    -o smtpd_authorized_xforward_hosts=192.0.2.0/24
127.0.0.1:{REJECTING} inet n - n - - smtpd
    -o smtpd_delay_reject=no
    -o smtpd_client_restrictions=reject
127.0.0.1:{DEFERRING} inet n - n - - smtpd
    -o smtpd_delay_reject=no
    -o smtpd_client_restrictions=defer
127.0.0.1:{COUNTED} inet n - n - - smtpd
    -o smtpd_client_message_rate_limit=1
    -o smtpd_client_recipient_rate_limit=1
    -o smtpd_client_auth_rate_limit=1
    -o smtpd_client_event_limit_exceptions=
scan unix - - n - - smtp
    -o smtp_send_xforward_command=yes
    -o smtp_connection_cache_on_demand=no
127.0.0.1:{BACK} inet n - n - - smtpd
    -o content_filter=
    -o smtpd_authorized_xforward_hosts=127.0.0.0/8
    -o smtpd_recipient_restrictions=permit_mynetworks,reject
"""
TO_ALICE = ("MAIL FROM:<s@x.example>", "RCPT TO:<alice@example.org>", "DATA")


def message(subject: str) -> tuple[str, ...]:
    """Whether the header is completed shows where the message is said to come from."""
    return (*TO_ALICE, f"Subject: {subject}\r\nTo: joe\r\n\r\nhello\r\n.")


FORWARDING = (
    "EHLO filter.example",
    "XFORWARD",
    "XFORWARD NAME",
    "XFORWARD NAME=",
    "XFORWARD NAME=a NAME",
    "XFORWARD foo=bar",
    "XFORWARD LOGIN=joe",
    "XFORWARD NAME=foo+20bar",
    "XFORWARD NAME=1.2.3.4",
    "XFORWARD NAME=-x.example",
    "XFORWARD NAME=x..example",
    "XFORWARD NAME=[TEMPUNAVAIL]",
    "XFORWARD name=x_y!z",
    "XFORWARD ADDR=1.2.3",
    "XFORWARD ADDR=::1",
    "XFORWARD ADDR=[192.0.2.1]",
    "XFORWARD ADDR=IPV6:192.0.2.1",
    "XFORWARD ADDR=ipv6:::1",
    "XFORWARD PORT=123456",
    "XFORWARD PORT=99999",
    "XFORWARD PORT=smtp",
    "XFORWARD SOURCE=HERE",
    f"XFORWARD PROTO={'x' * 65}",
    f"XFORWARD PROTO={'x' * 64}",
    f"XFORWARD HELO={'x' * 256}",
    f"XFORWARD HELO={'x' * 255}",
    "RSET",
    *("xforward name=a.example addr=192.0.2.7", "XFORWARD PORT=4711 HELO=a@b+20c"),
    "XFORWARD PROTO=UUCP IDENT=4cK+2Bx SOURCE=REMOTE",
    "MAIL FROM:<s@x.example>",
    "XFORWARD NAME=b.example",
    "XCLIENT NAME=b.example",
    "XFORWARD",
    "RSET",
    *("XFORWARD NAME=a.example ADDR=192.0.2.7", "XFORWARD PROTO=UUCP IDENT=4cK+2Bx SOURCE=REMOTE"),
    *message("all"),
    *message("none"),
    *("XFORWARD SOURCE=LOCAL", *message("local")),
    *("XFORWARD SOURCE=[UNAVAILABLE]", *message("a source that is not known")),
    *("XFORWARD SOURCE=REMOTE", *message("remote")),
    *("XFORWARD IDENT=[UNAVAILABLE]", *message("a name that is not known")),
    *("XFORWARD HELO=x", *message("a greeting")),
    *("XFORWARD NAME=b.example", *message("a name")),
    *("XFORWARD PORT=25", *message("a port")),
    *("XFORWARD NAME=[UNAVAILABLE] ADDR=[unavailable]", *message("nobody")),
    *("XFORWARD ADDR=IPV6:2001:db8::1", *message("IPv6")),
    *("XFORWARD NAME=[UNAVAILABLE] HELO=[UNAVAILABLE] PROTO=[UNAVAILABLE]", *message("nothing")),
    *("XFORWARD NAME=c.example ADDR=192.0.2.8", "RSET", *message("forgotten")),
    *("XFORWARD NAME=c.example ADDR=192.0.2.8", "EHLO x", *message("forgotten, too")),
    *("XFORWARD NAME=b.example NAME=c+x.example", *message("in part")),
    "QUIT",
)
BECOMING = (
    "XCLIENT NAME=first.example",
    "EHLO x",
    "XCLIENT",
    "XCLIENT NAME",
    "XCLIENT foo=bar",
    "XCLIENT SOURCE=LOCAL",
    "XCLIENT NAME=a+20b",
    "XCLIENT REVERSE_NAME=a+20b",
    "XCLIENT ADDR=2001:db8::1",
    "XCLIENT DESTADDR=x",
    "XCLIENT DESTPORT=x",
    "XCLIENT PROTO=LMTP",
    "XCLIENT PROTO=[UNAVAILABLE]",
    f"XCLIENT LOGIN={'x' * 256}",
    *("MAIL FROM:<s@x.example>", "XCLIENT NAME=b.example", "RSET"),
    *("XCLIENT NAME=[TEMPUNAVAIL]", "MAIL FROM:<s@x.example>", "EHLO x", *TO_ALICE[:2], "RSET"),
    *("XCLIENT NAME=[UNAVAILABLE]", "EHLO x", *TO_ALICE[:2]),
    *("RSET", "XCLIENT NAME=n.example", "HELO x", *message("a name of its own")),
    *("XCLIENT NAME=n.example REVERSE_NAME=[UNAVAILABLE]", "HELO x", *TO_ALICE[:2], "RSET"),
    *("XCLIENT REVERSE_NAME=[TEMPUNAVAIL]", "HELO x", *TO_ALICE[:2], "RSET"),
    *("XCLIENT REVERSE_NAME=r.example HELO=h(x) PROTO=esmtp LOGIN=joe PORT=[UNAVAILABLE]",),
    *message("no greeting"),
    *("XCLIENT DESTADDR=192.0.2.9 DESTPORT=26", "HELO x", *message("no login")),
    *("XCLIENT HELO=[UNAVAILABLE]", "MAIL FROM:<s@x.example>"),
    *("XCLIENT HELO=last.example", "XCLIENT PROTO=ESMTP", "MAIL FROM:<s@x.example>"),
    *("XCLIENT NAME=c.example ADDR=192.0.2.7 PORT=99", "EHLO y", *TO_ALICE[:2], "RSET"),
    *("XCLIENT NAME=d.example", "XFORWARD NAME=d.example", "QUIT"),
)
TRUSTED = (
    "EHLO x",
    "XCLIENT ADDR=192.0.2.7 LOGIN=joe NAME=a.example HELO=y PROTO=SMTP",
    *message("a login"),
    "EHLO z",
    *message("a login still"),
    "QUIT",
)
FROM_IPV6 = (
    "XCLIENT ADDR=IPV6:2001:db8::1 NAME=a.example LOGIN=joe",
    "HELO z",
    *message("IPv6"),
    "QUIT",
)
STRANGER = ("EHLO x", "XCLIENT", "XCLIENT NAME=a", "XFORWARD", "XFORWARD X", "XFORWARD X=Y", "QUIT")
IN_CLEAR = (
    "XFORWARD NAME=a.example",
    "EHLO x",
    "XFORWARD NAME=a.example",
    "XCLIENT NAME=a.example",
    "EHLO x",
    "QUIT",
)
REFUSED = ("EHLO x", "XCLIENT ADDR=192.0.2.7", "EHLO x", "QUIT")
BUSY = (
    "XCLIENT ADDR=192.0.2.7 HELO=x LOGIN=joe",
    *(*TO_ALICE[:2], "RCPT TO:<bob@example.org>", "RSET", "MAIL FROM:<s@x.example>", "QUIT"),
)
TURNED_AWAY = ("EHLO x", "QUIT")
# What is said, and at which port.
SESSIONS = (
    (FORWARDING, 25),
    (BECOMING, 25),
    (TRUSTED, 25),
    (FROM_IPV6, 25),
    (STRANGER, CLOSED),
    (IN_CLEAR, TLS),
    (REFUSED, EARLY),
    (TURNED_AWAY, REJECTING),
    (TURNED_AWAY, DEFERRING),
    (BUSY, COUNTED),
)
