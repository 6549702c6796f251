"""qmgr(8): keeps the queue, and decides what is delivered when.

PURPOSE
    The only keeper of the spool. It stores what cleanup brings, asks trivial-rewrite where each
    recipient goes, hands messages to the delivery agents, no more at once than a destination
    and a transport can take, and lets wait what could not be delivered.

SOCKETS
    qmgr         cleanup hands over new mail (contracts/qmgr)
    showq        users list the queue and have it tried again (contracts/showq)
    queue-admin  the superuser changes it (contracts/queue_admin)

ASKS
    rewrite; the socket of each transport; bounce, defer and trace; verify, to tell it

SCHEDULING
    Deliveries to one destination start with initial_destination_concurrency at once; each that
    can use the destination raises that number by the positive feedback up to the limit, each
    that cannot lowers it by the negative feedback. A destination that failed for as many pseudo
    cohorts as allowed is dead for transport_retry_time (at most minimal_backoff_time), and its
    mail deferred without trying. Destinations take turns; one with a delivery under way gets
    another only when nobody else waits.

    A message earns one slot for others with every delivery_slot_cost deliveries of its own, and
    a message that needs no more slots than are earned, less what is lent (delivery_slot_loan,
    delivery_slot_discount), goes before the rest of it. So one recipient waits for a few
    deliveries of a list of ten thousand, and the list takes a quarter longer at most. Of very
    long lists only as many recipients are read as the transports have room for.

    While the active queue is full, new mail is taken more slowly (in_flow_delay) and waits on
    the disk; when even that does not keep up, it is refused with 452. A destination whose mail
    fills the active queue is named in the log once in qmgr_clog_warn_time.

    Of mail with variable return paths (VERP_README) each recipient has a delivery of his own, from
    a sender with his address in it, wherever the others go.

    What has a content filter (content_filter, or FILTER in a table) goes to it, wherever its
    recipients are; the filter is written down with the message. What is to be held (HOLD) is
    put into hold/ and tried by nobody until postsuper -H releases it.

    A message that was not delivered waits as long again as it has waited, within
    minimal_backoff_time and maximal_backoff_time, in a file of deferred/ whose modification
    time says when it is due. After maximal_queue_lifetime (bounce_queue_lifetime for bounces)
    it is returned.

SECURITY
    The static user postroom, which owns the spool and nothing else; no network. It parses no
    content. It believes cleanup neither sizes nor ids, and the agents only about the recipients
    they were asked to serve. Everybody may list the queue, as with Postfix.

STANDARDS
    RFC 3461 (notification when all is well), RFC 3463 (status codes)

BUGS
    A delivery that ended within the last 20 ms before a crash is repeated.

PARAMETERS
    See ``settings``.
"""
