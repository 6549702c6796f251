"""discard: pretend to deliver, and say why in the log.

Socket ``delivery``, called by qmgr alone. The nexthop of the request is the reason, with or
without a status code in front: ``2.1.5 junk``.

SECURITY
    No network, no files, nobody to ask; the content is never looked at.

STANDARDS
    RFC 3463 (enhanced status codes).

BUGS
    None known.

PARAMETERS
    max_idle, syslog_facility, syslog_name.
"""
