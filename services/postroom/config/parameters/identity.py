"""Parameters of who this machine is."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    choice,
    host_name,
    level,
    name_or_file,
    needed,
    number,
    patterns,
    ports,
    text,
    words,
)

PARAMETERS: tuple[Parameter, ...] = (
    level(
        "compatibility_level",
        "0",
        Acts("The defaults main.cf was written for: below 1, 2 and 3.6 some are older."),
    ),
    words(
        "inet_interfaces",
        "all",
        Acts("The addresses on which mail is received, and that are this machine."),
    ),
    words("inet_protocols", "all", Acts("IPv4, IPv6 or both."), "ipv4", "ipv6", "all"),
    ports(
        "known_tcp_ports",
        "lmtp=24, smtp=25, smtps=submissions=465, submission=587",
        Acts("The numbers of ports by name; for others services(5) is asked."),
    ),
    needed("mail_name", "Postroom", Acts("The name of the mail system in banners and reports.")),
    needed(
        "mail_owner",
        "postroom",
        Acts(
            "The user whose the queue is, as whom the queue manager runs; every other service has "
            "one of its own. The account of Postfix (postfix) stands for ours."
        ),
    ),
    text("mail_release_date", "20260101", Accepted("Read by values only.")),
    text(
        "mail_version",
        "3.11.0",
        Accepted(
            "The version of Postfix whose configuration this understands; read by values only."
        ),
    ),
    patterns(
        "mydestination",
        "$myhostname, localhost.$mydomain, localhost",
        Acts("Domains whose mail is for users of this machine."),
    ),
    host_name("mydomain", "", Acts("This machine's domain.")),
    host_name("myhostname", "", Acts("This machine's full name.")),
    patterns("mynetworks", "", Acts("Networks whose clients are trusted.")),
    choice(
        "mynetworks_style",
        "${{$compatibility_level} <level {2} ? {subnet} : {host}}",
        Acts("How mynetworks is made up where it is not set."),
        "class",
        "subnet",
        "host",
    ),
    name_or_file(
        "myorigin",
        "$myhostname",
        Acts("The domain of addresses that have none; or the file that holds it."),
    ),
    words(
        "parent_domain_matches_subdomains",
        ""
        "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps",
        Acts("Lists in which example.com stands for its subdomains as well."),
    ),
    words("proxy_interfaces", "", Acts("Addresses that reach this machine by way of others.")),
    number(
        "tcp_windowsize",
        "0",
        Acts(
            "How many bytes the buffers of connections to SMTP servers and from SMTP clients hold, "
            "which bounds TCP's window; 0 leaves that to the kernel."
        ),
    ),
)
