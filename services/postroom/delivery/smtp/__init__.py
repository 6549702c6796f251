"""smtp: deliver over the network by SMTP.

Socket ``delivery`` (one per service, named as in master.cf), called by qmgr alone. The agent
finds the exchangers of the request's nexthop, tries one host after the other until every
recipient is delivered or refused for good, and reports an outcome for each. A recipient that
one host defers is offered to the next. Connections are kept for a nexthop while more mail for
it comes. The nexthop is ``domain``, ``domain:port``, ``[host]``, ``[host]:port`` or a list of
these; ``domain`` means its MX hosts.

It speaks TLS as main.cf or a table says for the destination (TLS_README), and authenticates
where it has an account (SASL_README): by CRAM-MD5, PLAIN, LOGIN or XOAUTH2, whose password is the
token. A server that wants to hear where a message came from is told, if main.cf says so
(XFORWARD_README).

Asks: dns (MX, addresses, TLSA), proxymap (TLS policies, generic addresses, content checks).

SECURITY
    Speaks to servers that may be hostile. It has no privilege, only outgoing network, and no
    files but the certificates of authorities and what systemd hands it: its own certificates
    and the tables of passwords, which no other service can read. DNSSEC is what the resolver
    says it is, and is believed of one on this machine or where resolv.conf(5) has trust-ad.
    Replies are bounded in length and time, made printable and never interpreted beyond their
    code; a reply belongs to exactly one command. A connection that breaks the protocol is not
    used again. Packets of DNS are parsed elsewhere. What a server says before TLS counts for
    nothing after it. Where a server must prove who it is, OpenSSL breaks off the handshake with
    one that no authority vouches for, before a name is looked at. A password is never sent by a
    mechanism that main.cf forbids for that connection, and a handshake that failed does not
    make it go out in clear.

STANDARDS
    RFC 5321 (SMTP), RFC 2033 (LMTP), RFC 2920 (PIPELINING), RFC 1870 (SIZE), RFC 6152
    (8BITMIME), RFC 6531 (SMTPUTF8), RFC 3461 (DSN), RFC 2034 and 3463 (enhanced status codes),
    RFC 7505 (null MX), RFC 7672 (DANE), RFC 3207 (STARTTLS), RFC 8314 (TLS at once), RFC 4954
    (AUTH), RFC 2195 (CRAM-MD5), RFC 4616 (PLAIN).

BUGS
    After the final dot a lost connection may lead to a second delivery (RFC 1047). TLSA records
    (DANE) of authorities need Python 3.13. TLS sessions and refused passwords are remembered by one
    process and forgotten with it. A changed table of passwords or certificate is seen when the
    service is next started: after ``postroom reload``, a time without mail (max_idle), or a
    refused password. Most per-destination maps are not there yet. Of a header or line that is
    checked the first 2,048 characters count.

PARAMETERS
    See ``settings`` and postconf(5).
"""
