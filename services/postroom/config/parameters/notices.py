"""Parameters of bounce(8): what senders and postmasters are told."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    hours,
    needed,
    number,
    text,
    words,
    yes_no,
)

OWN_SOCKET = Accepted("Each service is found at the socket of its own name.")

PARAMETERS: tuple[Parameter, ...] = (
    text(
        "2bounce_notice_recipient",
        "postmaster",
        Acts("Who is told of mail that reached neither its recipient nor its sender."),
    ),
    yes_no(
        "backwards_bounce_logfile_compatibility",
        "yes",
        Accepted("There are no logfiles of bounce(8)."),
    ),
    text(
        "bounce_notice_recipient",
        "postmaster",
        Acts('Who is told of bounces, with "bounce" in notify_classes.'),
    ),
    text("bounce_service_name", "bounce", OWN_SOCKET),
    number(
        "bounce_size_limit", "50000", Acts("How many bytes of a message its report returns."), low=1
    ),
    text(
        "bounce_template_file",
        "",
        Acts("A file with texts of reports, in the format of bounce(5)."),
    ),
    yes_no(
        "confirm_delay_cleared",
        "no",
        Acts("Whoever was told of a delay is told when it is over."),
    ),
    text(
        "default_verp_delimiters",
        "+=",
        Acts("The two characters between the parts of return paths that vary."),
    ),
    text(
        "delay_notice_recipient",
        "postmaster",
        Acts('Who is told of delays, with "delay" in notify_classes.'),
    ),
    hours(
        "delay_warning_time",
        "0h",
        Acts("After which time a sender is told that mail waits; 0 is never."),
    ),
    yes_no(
        "disable_verp_bounces",
        "no",
        Acts("One report for all recipients, though their return paths vary."),
    ),
    needed(
        "double_bounce_sender",
        "double-bounce",
        Acts("The sender of reports to the postmaster; mail to it is dropped."),
    ),
    text("empty_address_recipient", "MAILER-DAEMON", Acts("Who gets mail to the empty address.")),
    yes_no(
        "enable_threaded_bounces",
        "no",
        Acts("Reports refer to the Message-ID of the message they tell of."),
    ),
    text(
        "error_notice_recipient",
        "postmaster",
        Acts("Who is told of sessions that went wrong (notify_classes)."),
    ),
    words(
        "internal_mail_filter_classes",
        "",
        Acts("Which of our own mail is checked for its content as others' is."),
        "bounce",
        "notify",
        "verify",
    ),
    words(
        "notify_classes",
        "resource, software",
        Acts("Which troubles the postmaster hears of."),
        "bounce",
        "2bounce",
        "data",
        "delay",
        "policy",
        "protocol",
        "resource",
        "software",
    ),
    yes_no("soft_bounce", "no", Acts("Try later wherever mail would be refused.")),
    text("undisclosed_recipients_header", "", Acts("The To header of mail that has none.")),
    text(
        "verp_delimiter_filter",
        "-=+",
        Acts("The characters that may stand between the parts of return paths that vary."),
    ),
)
