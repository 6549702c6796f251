"""lmtp: deliver by LMTP, to a UNIX-domain socket or over the network.

Socket ``delivery`` (one per service, named as in master.cf), called by qmgr alone. Works as smtp
does (see there), with LMTP's dialect: each recipient has a reply of its own to the end of data.
The nexthop is ``unix:path``, ``inet:host:port``, ``inet:[host]:port`` or the same without
``inet:``; MX records are not asked for. A relative path begins in ``queue_directory``.

TLS and authentication are as in smtp, by the ``lmtp_`` parameters.

Asks: dns (addresses, TLSA), proxymap (TLS policies).

SECURITY
    As smtp. The unit of a service that delivers to ``unix:path`` must let it reach the directory
    of that socket, too.

STANDARDS
    RFC 2033 (LMTP), and those of smtp.

BUGS
    Those of smtp.

PARAMETERS
    See ``settings`` and postconf(5).
"""
