"""postdrop(1) as a service: take a message from any local program and keep it safe.

Socket ``postdrop`` (contracts/postdrop), open to everybody and up even while the mail system
is stopped. Wakes pickup, if that listens.

The answer is given after the message is on stable storage in the maildrop. A caller that goes
away before the end of its message leaves nothing behind. A caller may also just have pickup woken:
with ``submission_mode = maildrop`` sendmail leaves the message in a file (see pickup).

SECURITY: runs as postroom-drop, without network and without any right over other files; with
``submission_mode = restricted`` as a user of its own, which can add to the maildrop, and neither
list it nor touch what is there (mode 1730; but postdrop, nobody belongs to the group). Who
submits is what the kernel says (SO_PEERCRED, therefore no PrivateUsers in the unit); sender
(unless main.cf's local_login_sender_maps restricts him), recipients and content are the caller's
claims. One user's slow or many connections delay
nobody else: each uid has MAX_PER_USER messages under way at most, the rest waits its turn.

STANDARDS: RFC 5322 section 3.6.3 and 3.6.6 for ``sendmail -t``.

PARAMETERS: authorized_submit_users, empty_address_local_login_sender_maps_lookup_key,
local_login_sender_maps, max_idle, message_size_limit, owner_request_special, queue_minfree,
recipient_delimiter, syslog_facility, syslog_name.
"""
