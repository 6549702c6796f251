"""pickup(8): take what postdrop left in the maildrop to cleanup.

Socket ``pickup`` (contracts/pickup): postdrop says that there is something. Started also with
the mail system when the maildrop is not empty. Asks cleanup.

A file leaves the maildrop after cleanup answered ``Queued``. Before, it gets the message's queue
id as a part of its name: a pickup that was killed in between brings the message under the same
id again, and qmgr, which has it or had it, takes it but once. When cleanup cannot take it now,
it is tried again, later each time; when cleanup refuses it for good, the sender gets a report.

SECURITY: runs as postroom-drop, owns the maildrop together with postdrop, has no network.
Everything in a file is checked again when it is read; a damaged file is set aside under the
name ``.damaged.NAME`` and named in the log. The uid is the one the kernel told postdrop.

STANDARDS: RFC 5321 section 2.3.8 (line ends), section 4.5.2 (dots).

BUGS: a crash while the sender of a refused message is told may tell him twice.

PARAMETERS: max_idle, myhostname, syslog_name.
"""
