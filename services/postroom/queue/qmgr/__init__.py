"""qmgr(8): keeps the queue, and decides what is delivered when.

PURPOSE
    The only keeper of the spool. It stores what cleanup brings, asks trivial-rewrite where each
    recipient goes, hands messages to the delivery agents, no more at once than a destination
    and a transport can take, and lets wait what could not be delivered.

SOCKETS
    qmgr         cleanup hands over new mail (contracts/qmgr)
    showq        anybody may list the queue and have it tried again (contracts/showq)
    queue-admin  the superuser changes it (contracts/queue_admin)

ASKS
    rewrite; the socket of each transport; bounce, defer and trace

SCHEDULING
    Deliveries to one destination start with initial_destination_concurrency at once; each that
    can use the destination raises that number by the positive feedback up to the limit, each
    that cannot lowers it by the negative feedback. A destination that failed for as many pseudo
    cohorts as allowed is dead for transport_retry_time (at most minimal_backoff_time), and its
    mail deferred without trying. Destinations take turns; one with a delivery under way gets
    another only when nobody else waits. Messages with many deliveries and messages with few
    take turns too, so a long list does not hold up the rest.

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
