"""cleanup(8): make one well-formed message of what comes in, and hand it to the queue manager.

Takes a message from smtpd, pickup, bounce or local. Adds what a message must have (Received; for
local mail also Message-ID, Date and From), removes what it must not have (message_drop_headers),
brings addresses of envelope and header into the form user@fully.qualified.domain, applies
canonical, virtual alias and bcc tables, hides hosts (masquerade_domains), removes duplicate
recipients, and refuses what is too large or has been through too many hops. Where tables are to
be asked about content (header_checks(5)), they are, and the message is changed, refused, held,
redirected, filtered or thrown away as they say. Of the content everything behind the header, and
every header that needs no change, stays byte for byte, unless a table says otherwise.

Sockets
    cleanup: contract ``cleanup``, one message per question, or a large one in pieces.

Asks
    qmgr, to store the message; trivial-rewrite, to put addresses in form; milter, what mail
    filters make of the finished message; tables it can read.

SECURITY
    Runs as a dynamic user without network and writes no file of its own: a large message goes
    into a nameless file that qmgr opened. No caller is believed: content that is not in wire
    form, or a question out of order, ends the connection. Memory per message is bounded: only
    the header is held, up to ``header_pass.MAX_HEADER``, and of a part that is checked one field or
    line, up to ``mime.MAX_HELD``. A pattern gets a second for one text (tables/match_time.py).

STANDARDS
    RFC 5321 (trace information, 6.3 loop detection), RFC 5322, RFC 3461 (NOTIFY, ORCPT),
    RFC 3463 (status codes), RFC 6531 (addresses beyond ASCII), RFC 2045 and 2046 (the structure of
    a message; nothing is decoded).

BUGS
    A table key without domain stands for users of myorigin and mydestination, but not for
    those of an address literal that is one of inet_interfaces. header_size_limit holds for headers
    of parts only where parts are looked at (mime_header_checks and the like). Blanks in front of
    a colon are taken out of the message's own header, and not out of those of parts.

PARAMETERS
    Header: always_add_missing_headers, full_name_encoding_charset, header_address_token_limit,
    header_from_format, header_size_limit, hopcount_limit, message_drop_headers,
    remote_header_rewrite_domain, smtpd_sasl_authenticated_header, undisclosed_recipients_header.

    Addresses: masquerade_domains with masquerade_classes and masquerade_exceptions,
    canonical_maps, sender_canonical_maps and recipient_canonical_maps with their
    classes, empty_address_recipient, recipient_delimiter, owner_request_special,
    propagate_unmatched_extensions,
    virtual_alias_maps with its three limits, always_bcc, sender_bcc_maps, recipient_bcc_maps,
    duplicate_filter_limit, enable_original_recipient, mydestination, myorigin.

    Content: header_checks, mime_header_checks, nested_header_checks, body_checks,
    body_checks_size_limit, line_length_limit, disable_mime_input_processing, mime_nesting_limit,
    mime_boundary_length_limit, strict_7bit_headers, strict_8bitmime, strict_8bitmime_body,
    strict_mime_encoding_domain, message_strip_characters, message_reject_characters,
    force_mime_input_conversion, detect_8bit_encoding_header, non_empty_end_of_header_action.

    Besides: non_smtpd_milters, milter_header_checks, mail_name, max_idle, message_size_limit,
    myhostname, syslog_facility, syslog_name.
"""
