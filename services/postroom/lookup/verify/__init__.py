"""verify(8): find out whether mail to an address could be delivered, by trying it.

A probe is a message that goes the way of all mail, or the one that address_verify_transport_maps
and its like say (trivial-rewrite knows), and ends before it is delivered: an SMTP server is told
the recipient and no more. What became of it is remembered, good news longer than bad, and found
out again in the background before it is forgotten.

SOCKETS
    verify  smtpd asks (reject_unverified_sender, reject_unverified_recipient)
    probed  qmgr tells what became of a probe

ASKS
    cleanup, to queue probes

SECURITY
    Runs as a dynamic user without network. What strangers can have it do is to probe any address
    they name, once in a while: as many probes as address_verify_pending_request_limit are under
    way at most, and of each address one. It remembers MAX_ENTRIES addresses, and forgets the
    oldest for new ones. What hosts say of an address is passed on as text.

STANDARDS
    RFC 5321 section 3.3 (a recipient may be refused in reply to RCPT).

BUGS
    What was found out since it began is lost if it is killed. An address that stands for several
    is deliverable if one of them is.

PARAMETERS
    See settings.py.
"""
