"""Parameters of who this machine is."""

from postroom.config.parameter import (
    Accepted,
    Parameter,
    choice,
    name_or_file,
    needed,
    number,
    patterns,
    text,
    words,
)

LATER = Accepted("Not used yet.")

PARAMETERS: tuple[Parameter, ...] = (
    text("compatibility_level", "0", LATER),
    words("inet_interfaces", "all", LATER),
    words("inet_protocols", "all", LATER, "ipv4", "ipv6", "all"),
    words("known_tcp_ports", "lmtp=24, smtp=25, smtps=submissions=465, submission=587", LATER),
    needed("mail_name", "Postroom", LATER),
    needed("mail_owner", "postroom", LATER),
    text("mail_release_date", "20260101", LATER),
    text("mail_version", "3.11.0", LATER),
    patterns("mydestination", "$myhostname, localhost.$mydomain, localhost", LATER),
    needed("mydomain", "", LATER),
    needed("myhostname", "", LATER),
    patterns("mynetworks", "", LATER),
    choice(
        "mynetworks_style",
        "${{$compatibility_level} <level {2} ? {subnet} : {host}}",
        LATER,
        "class",
        "subnet",
        "host",
    ),
    name_or_file("myorigin", "$myhostname", LATER),
    words(
        "parent_domain_matches_subdomains",
        ""
        "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps",
        LATER,
    ),
    words("proxy_interfaces", "", LATER),
    number("tcp_windowsize", "0", LATER),
)
