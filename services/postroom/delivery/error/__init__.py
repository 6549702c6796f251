"""error: bounce (service ``error``) or defer (service ``retry``) every recipient it is handed.

Socket ``delivery`` (one per service), called by qmgr alone. The nexthop of the request is the
reason, with or without a status code in front: ``5.1.1 mailbox moved``. What the service does
depends on its name in master.cf, as with Postfix.

SECURITY
    No network, no files, nobody to ask; the content is never looked at.

STANDARDS
    RFC 3463 (enhanced status codes).

BUGS
    None known.

PARAMETERS
    max_idle, soft_bounce, syslog_facility, syslog_name.
"""
