"""bounce(8): tell the sender what became of a message.

Composes a delivery status notification from the outcomes the queue manager hands over, and
gives it to cleanup as a new message from the null sender. Mail that cannot be returned, because
it has no sender or because cleanup refuses the report, goes to the postmaster where
notify_classes asks for that; that report's own sender is double_bounce_sender, about whose mail
nobody is ever told. Where each recipient's copy had a sender of its own (VERP_README), each failed
recipient has a report of his own, to that address; delays and successes are told to the sender.

Sockets
    bounce, defer, trace: contract ``bounce``; one question per notice.

Asks
    cleanup, to queue the notice.

SECURITY
    Runs as a dynamic user without network and without files. Reports quote text that remote
    hosts wrote: the contract bounds it and keeps control characters out, and nothing but
    fixed text becomes a header name or a MIME boundary. Of the original message at most
    bounce_size_limit bytes are held.

STANDARDS
    RFC 3461 (NOTIFY, RET, ENVID, ORCPT), RFC 3464 (delivery status), RFC 6522
    (multipart/report), RFC 3834 (Auto-Submitted), RFC 6533 (addresses beyond ASCII).

BUGS
    bounce_template_file is read when the units are made (postroom reload), not by this program.
    A template that names an unknown parameter is not used; Postfix's bounce(8) stops there.

PARAMETERS
    bounce_template_file, notify_classes, bounce_notice_recipient, delay_notice_recipient,
    2bounce_notice_recipient, disable_verp_bounces, double_bounce_sender, bounce_size_limit,
    enable_threaded_bounces,
    header_from_format and delay_warning_time (in templates), maximal_queue_lifetime, mail_name,
    internal_mail_filter_classes, max_idle, myhostname, myorigin, syslog_facility, syslog_name.

SEE ALSO
    bounce(5), the format of templates (postroom.config.bounce_templates).
"""
