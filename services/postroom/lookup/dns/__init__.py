"""dns: the one component that speaks to name servers.

Socket ``dns``, called by smtp, lmtp and smtpd: a name and a record type in, records or the reason
why there are none out. Answers are kept for their time to live; questions for the same name
share one query; the servers are those of /etc/resolv.conf, read again when it changes. With
``native`` in the question /etc/hosts comes first, as in getaddrinfo(3).

SECURITY
    Parses packets from the network, so it does nothing else: no file but /etc/resolv.conf and
    /etc/hosts, no network but to the resolvers. A packet is an answer only if it comes from the
    address and port that was asked, with the random id and the question of the query; each query
    has a socket, and so a random port, of its own. Malformed records are dropped, names that are
    no host names never reach a caller. ``secure`` in an answer means that the resolver set AD,
    also for the aliases on the way. Resolvers on this machine are believed, others where
    resolv.conf has ``options trust-ad``; else nothing is secure.

STANDARDS
    RFC 1034 and 1035, RFC 2308 (negative caching), RFC 5452 (forged answers), RFC 6891 (EDNS),
    RFC 5890 and UTS #46 (internationalized names), RFC 7505 (null MX), RFC 7766 (TCP), RFC 9520
    (caching of failures).

BUGS
    No DNSSEC validation of its own. ``search`` and ``domain`` of resolv.conf count only for who
    asks for it (smtp_dns_resolver_options): names in mail are complete. Without them no domain is
    taken from the name of the machine.

PARAMETERS
    enable_idna2003_compatibility, max_idle, syslog_facility, syslog_name.
"""
