"""Parameters of local(8), virtual(8) and pipe(8): the last step."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
    macros,
    needed,
    number,
    patterns,
    rooted_path,
    seconds,
    size,
    tables,
    template,
    templates,
    text,
    words,
    yes_no,
)

OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    tables("alias_database", "hash:/etc/aliases", Acts("The tables that newaliases builds.")),
    tables(
        "alias_maps",
        "hash:/etc/aliases",
        Acts("Aliases of users of this machine: names, addresses, files, commands."),
    ),
    words(
        "allow_mail_to_commands",
        "alias, forward",
        Acts('Where "|command" is obeyed: alias, forward or include files.'),
        "alias",
        "forward",
        "include",
    ),
    words(
        "allow_mail_to_files",
        "alias, forward",
        Acts('Where "/file" is obeyed: alias, forward or include files.'),
        "alias",
        "forward",
        "include",
    ),
    yes_no(
        "allow_min_user",
        "no",
        Acts("Senders and recipients may begin with a dash, also for commands of pipe(8)."),
    ),
    yes_no("biff", "yes", Accepted("There is no comsat service.")),
    macros(
        "command_execution_directory",
        "",
        Acts("Where commands of users work, instead of their homes."),
    ),
    text(
        "command_expansion_filter",
        "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        Acts("The characters that may stand in values expanded into mailbox_command."),
    ),
    seconds(
        "command_time_limit",
        "1000s",
        Acts("How long a command may take to deliver one message."),
        low=1,
    ),
    needed(
        "default_privs",
        "nobody",
        Acts("The user commands and files in aliases belong to when nobody else does."),
    ),
    number("deliver_lock_attempts", "20", Acts("How often a mailbox lock is tried."), low=1),
    seconds(
        "deliver_lock_delay", "1s", Acts("The pause between two tries of a mailbox lock."), low=1
    ),
    yes_no("enable_errors_to", "no", OBSOLETE),
    text(
        "execution_directory_expansion_filter",
        "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        Acts("The characters that may stand in values expanded into that directory."),
    ),
    yes_no(
        "expand_owner_alias",
        "no",
        Acts("Failures of a list go to whom its owner- alias names, not to that name."),
    ),
    words(
        "export_environment",
        "TZ MAIL_CONFIG LANG",
        Acts("Variables that commands get: names, or name=value."),
    ),
    text(
        "fallback_transport",
        "",
        Acts("The transport for local addresses of no user of this machine."),
    ),
    tables("fallback_transport_maps", "", Acts("The same by name.")),
    text(
        "forward_expansion_filter",
        "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        Acts("The characters that may stand in values expanded into forward_path."),
    ),
    templates(
        "forward_path",
        "$home/.forward${recipient_delimiter}${extension}, $home/.forward",
        Acts("Files in homes that say where mail for the user goes."),
    ),
    yes_no(
        "frozen_delivered_to",
        "yes",
        Acts("Delivered-To names whom the mail was for, not whom an alias names."),
    ),
    text(
        "home_mailbox",
        "",
        Acts("The mailbox below the home directory; with a slash at the end a Maildir."),
    ),
    text(
        "local_command_shell",
        "",
        Acts("The program that runs every command of a user's; empty: sh where one is needed."),
    ),
    tables(
        "local_delivery_status_filter",
        "$default_delivery_status_filter",
        Acts("The same for local."),
    ),
    tables(
        "local_login_sender_maps",
        "static:*",
        Acts("Which senders programs of a user of this machine may use, by login name."),
    ),
    tables(
        "local_recipient_maps",
        "proxy:unix:passwd.byname $alias_maps",
        Acts("Which local users exist; empty: all."),
    ),
    needed(
        "local_transport", "local:$myhostname", Acts("How mail for mydestination is delivered.")
    ),
    macros("luser_relay", "", Acts("Where mail for unknown local users goes.")),
    rooted_path("mail_spool_directory", "/var/mail", Acts("Where mailboxes are.")),
    template("mailbox_command", "", Acts("The command that delivers local mail instead.")),
    tables("mailbox_command_maps", "", Acts("The command that delivers a user's mail, by user.")),
    words(
        "mailbox_delivery_lock",
        "fcntl, dotlock",
        Acts("How a mailbox is locked."),
        "fcntl",
        "flock",
        "dotlock",
    ),
    size(
        "mailbox_size_limit",
        "51200000",
        Acts(
            "The largest mailbox, and file that a command of local(8) writes, in bytes; "
            "0 is no limit."
        ),
    ),
    text(
        "mailbox_transport",
        "",
        Acts("The transport that gets all local mail instead of mailboxes."),
    ),
    tables("mailbox_transport_maps", "", Acts("The same by user.")),
    yes_no(
        "owner_request_special",
        "yes",
        Acts("owner-list and list-request have no extension, whatever the delimiter."),
    ),
    tables(
        "pipe_delivery_status_filter", "$default_delivery_status_filter", Acts("The same for pipe.")
    ),
    words(
        "prepend_delivered_header",
        "command, file, forward",
        Acts("Where a Delivered-To header is added: command, file, forward."),
        "command",
        "file",
        "forward",
    ),
    words(
        "propagate_unmatched_extensions",
        "canonical, virtual",
        Acts("Which rewriting keeps the extension of an address."),
        "canonical",
        "virtual",
        "alias",
        "forward",
        "include",
        "generic",
    ),
    text(
        "recipient_delimiter",
        "",
        Acts("What separates a user from an extension, as + in user+list."),
    ),
    yes_no(
        "require_home_directory",
        "no",
        Acts("Mail waits while the user's home directory is not there."),
    ),
    yes_no(
        "reset_owner_alias",
        "no",
        Acts("A list in a list without an owner of its own is delivered as if alone."),
    ),
    seconds(
        "stale_lock_time",
        "500s",
        Acts("After which time a mailbox lock is taken for forgotten."),
        low=1,
    ),
    yes_no(
        "strict_mailbox_ownership",
        "yes",
        Acts("A mailbox that is not its user's own gets no mail."),
    ),
    yes_no(
        "sun_mailtool_compatibility",
        "no",
        Acts(
            "An old word for mailbox_delivery_lock = dotlock.",
            "is deprecated: specify mailbox_delivery_lock = dotlock",
        ),
    ),
    tables(
        "virtual_delivery_status_filter",
        "$default_delivery_status_filter",
        Acts("The same for virtual."),
    ),
    tables("virtual_gid_maps", "", Acts("The group of a virtual mailbox.")),
    text("virtual_mailbox_base", "", Acts("The directory of all virtual mailboxes.")),
    patterns(
        "virtual_mailbox_domains",
        "$virtual_mailbox_maps",
        Acts("Domains whose mailboxes belong to no user of this machine."),
    ),
    size(
        "virtual_mailbox_limit",
        "51200000",
        Acts("The largest virtual mailbox in bytes; 0 is no limit."),
    ),
    words(
        "virtual_mailbox_lock",
        "fcntl, dotlock",
        Acts("How a virtual mailbox is locked."),
        "fcntl",
        "flock",
        "dotlock",
    ),
    tables("virtual_mailbox_maps", "", Acts("The mailbox of each address in these domains.")),
    number(
        "virtual_minimum_uid", "100", Acts("The smallest uid a virtual mailbox may have."), low=1
    ),
    needed(
        "virtual_transport", "virtual", Acts("How mail for virtual_mailbox_domains is delivered.")
    ),
    tables("virtual_uid_maps", "", Acts("The owner of a virtual mailbox.")),
)
