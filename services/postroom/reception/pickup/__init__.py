"""pickup(8): take what postdrop left in the maildrop to cleanup.

Socket ``pickup`` (contracts/pickup): postdrop says that there is something. Started also with
the mail system when the maildrop is not empty. Asks cleanup.

Socket ``submitted`` (contracts/submitted), open to everybody: mailq and postqueue list what
waits in the maildrop, for whom main.cf lets (authorized_mailq_users).

A file leaves the maildrop after cleanup answered ``Queued``. Before, it gets the message's queue
id as a part of its name: a pickup that was killed in between brings the message under the same
id again, and qmgr, which has it or had it, takes it but once. When cleanup cannot take it now,
it is tried again, later each time; when cleanup refuses it for good, the sender gets a report.
What tables or filters did not want goes back by way of the queue, where error(8) fails it.

Where ``submission_mode = maildrop``, users leave files in the open maildrop, a sticky directory
that each can add to and none can list, without any service's help; these are copied into the
maildrop first (left_file and collector). What cannot be accepted any more is reported by mail.

SECURITY: runs as postroom-drop, owns the maildrop together with postdrop, has no network.
A file in the open maildrop is its owner's message, whatever it says (therefore no PrivateUsers in
the unit), if it is a regular one with one name, has the directory's group and sendmail's mode, has
no holes, and was not changed while it was read. Anything else is removed and named in the log.
Everything in a file is checked again when it is read; a damaged file is set aside under the
name ``.damaged.NAME`` and named in the log. The uid is the one the kernel told postdrop. Of
the files in the open maildrop a list says but whose they are, and how large.

STANDARDS: RFC 5321 section 2.3.8 (line ends), section 4.5.2 (dots).

BUGS: a crash while the sender of a refused message is told may tell him twice. A directory that
a user made in the open maildrop and filled stays there.

PARAMETERS: authorized_mailq_users, authorized_submit_users, content_filter,
empty_address_local_login_sender_maps_lookup_key, local_login_sender_maps, max_idle,
message_size_limit, myhostname, owner_request_special, receive_override_options,
recipient_delimiter, sendmail_fix_line_endings, submission_mode, syslog_facility, syslog_name.
"""
