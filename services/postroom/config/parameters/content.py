"""Parameters of headers and bodies."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
    choice,
    number,
    tables,
    text,
    words,
    yes_no,
)

NO_STRAYS = Accepted(
    "A stray CR or LF always becomes a space, for with one a message ends at some hosts where it "
    "does not at others."
)
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no(
        "always_add_missing_headers",
        "no",
        Acts("Add Date, From and Message-Id to mail from the network too."),
    ),
    tables(
        "body_checks",
        "",
        Acts("Tables that are asked about each line of a body (header_checks(5))."),
    ),
    number(
        "body_checks_size_limit",
        "51200",
        Acts("How much of each body, or part, body_checks looks at; 0 for all."),
    ),
    yes_no("cleanup_replace_stray_cr_lf", "yes", NO_STRAYS),
    text(
        "content_filter",
        "",
        Acts("transport:nexthop of a filter that gets all mail and hands it back."),
    ),
    text(
        "default_filter_nexthop",
        "",
        Acts("Where a filter without nexthop gets mail; else at each recipient's domain."),
    ),
    yes_no(
        "detect_8bit_encoding_header",
        "yes",
        Acts("Believe a message's header that says that its body is 8bit."),
    ),
    yes_no(
        "disable_mime_input_processing",
        "no",
        Acts("Look at what follows a message's header as one body, parts and all."),
    ),
    yes_no(
        "disable_mime_output_conversion",
        "no",
        Acts("Send 8-bit content to servers that do not announce 8BITMIME."),
    ),
    number("extract_recipient_limit", "10240", OBSOLETE),
    yes_no(
        "force_mime_input_conversion",
        "no",
        Acts("Convert 8bit bodies into quoted-printable before anybody signs or checks them."),
    ),
    number(
        "header_address_token_limit",
        "10240",
        Acts("How many words and separators of an address header are read for rewriting."),
        low=1,
    ),
    tables(
        "header_checks",
        "",
        Acts("Tables that are asked about each header of a message (header_checks(5))."),
    ),
    number(
        "header_size_limit",
        "102400",
        Acts("The longest header in bytes; the rest is cut off."),
        low=1,
    ),
    number(
        "line_length_limit",
        "2048",
        Acts("body_checks looks at longer lines in pieces of so many bytes."),
        low=512,
    ),
    words(
        "message_drop_headers",
        "bcc, content-length, resent-bcc, return-path",
        Acts("Headers that are taken out."),
    ),
    text(
        "message_reject_characters",
        "",
        Acts(r"Characters that no message may have, with escapes such as \0 for NUL."),
    ),
    text(
        "message_strip_characters",
        "",
        Acts(r"Characters that are taken out of messages, with escapes such as \0 for NUL."),
    ),
    number(
        "mime_boundary_length_limit",
        "2048",
        Acts("How much of a boundary between parts counts (content checks)."),
        low=1,
    ),
    tables(
        "mime_header_checks",
        "$header_checks",
        Acts("Tables that are asked about MIME headers, and about those of parts."),
    ),
    number(
        "mime_nesting_limit",
        "100",
        Acts("How deep parts may lie in parts where headers are checked."),
        low=1,
    ),
    tables(
        "nested_header_checks",
        "$header_checks",
        Acts("Tables that are asked about headers of messages within the message."),
    ),
    choice(
        "non_empty_end_of_header_action",
        "fix_quietly",
        Acts("What is done about a header that ends without an empty line, which is added."),
        "fix_quietly",
        "add_header",
        "reject",
    ),
    words(
        "receive_override_options",
        "",
        Acts("What is not done to mail that comes in here, as it is done elsewhere."),
        "no_unknown_recipient_checks",
        "no_address_mappings",
        "no_header_body_checks",
        "no_milters",
    ),
    choice(
        "sendmail_fix_line_endings",
        "always",
        Acts("Whether CR LF ends a line of a user's message as LF does; else the CR is a space."),
        "always",
        "strict",
        "never",
    ),
)
