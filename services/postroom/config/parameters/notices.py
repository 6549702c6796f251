"""Parameters of bounce(8): what senders and postmasters are told."""

from postroom.config.parameter import (
    Accepted,
    Parameter,
    hours,
    needed,
    number,
    text,
    words,
    yes_no,
)

LATER = Accepted("Reports do not do this yet.")

PARAMETERS: tuple[Parameter, ...] = (
    text("2bounce_notice_recipient", "postmaster", LATER),
    yes_no("backwards_bounce_logfile_compatibility", "yes", LATER),
    text("bounce_notice_recipient", "postmaster", LATER),
    text("bounce_service_name", "bounce", LATER),
    number("bounce_size_limit", "50000", LATER, low=1),
    text("bounce_template_file", "", LATER),
    yes_no("confirm_delay_cleared", "no", LATER),
    text("default_verp_delimiters", "+=", LATER),
    text("delay_notice_recipient", "postmaster", LATER),
    hours("delay_warning_time", "0h", LATER),
    yes_no("disable_verp_bounces", "no", LATER),
    needed("double_bounce_sender", "double-bounce", LATER),
    text("empty_address_recipient", "MAILER-DAEMON", LATER),
    yes_no("enable_threaded_bounces", "no", LATER),
    text("error_notice_recipient", "postmaster", LATER),
    words("internal_mail_filter_classes", "", LATER, "bounce", "notify", "verify"),
    words(
        "notify_classes",
        "resource, software",
        LATER,
        "bounce",
        "2bounce",
        "data",
        "delay",
        "policy",
        "protocol",
        "resource",
        "software",
    ),
    yes_no("soft_bounce", "no", LATER),
    text("undisclosed_recipients_header", "", LATER),
    text("verp_delimiter_filter", "-=+", LATER),
)
