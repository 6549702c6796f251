"""smtp: deliver over the network by SMTP.

Socket ``delivery`` (one per service, named as in master.cf), called by qmgr alone. The agent
finds the exchangers of the request's nexthop, tries one host after the other until every
recipient is delivered or refused for good, and reports an outcome for each. A recipient that
one host defers is offered to the next. Connections are kept for a nexthop while more mail for
it comes. The nexthop is ``domain``, ``domain:port``, ``[host]``, ``[host]:port`` or a list of
these; ``domain`` means its MX hosts.

Asks: dns (MX, addresses).

SECURITY
    Speaks to servers that may be hostile. It has no files, no privilege and only outgoing
    network. Replies are bounded in length and time, made printable and never interpreted beyond
    their code; a reply belongs to exactly one command. A connection that breaks the protocol is
    not used again. Packets of DNS are parsed elsewhere.

STANDARDS
    RFC 5321 (SMTP), RFC 2033 (LMTP), RFC 2920 (PIPELINING), RFC 1870 (SIZE), RFC 6152
    (8BITMIME), RFC 6531 (SMTPUTF8), RFC 3461 (DSN), RFC 2034 and 3463 (enhanced status codes),
    RFC 7505 (null MX).

BUGS
    After the final dot a lost connection may lead to a second delivery (RFC 1047).
    TLS, SASL, header rewriting and per-destination maps are not there yet.

PARAMETERS
    See ``settings`` and postconf(5).
"""
