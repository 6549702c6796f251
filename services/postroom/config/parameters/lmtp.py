"""Parameters of lmtp(8)."""

from postroom.config.parameter import (
    Acts,
    Obsolete,
    Parameter,
    needed,
    number,
    seconds,
    tables,
    text,
    words,
    yes_no,
)
from postroom.config.parameters.clients_tls import LATER

OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no(
        "lmtp_assume_final",
        "no",
        Acts('A server without DSN is the end of the way: the sender hears of "delivered" mail.'),
    ),
    text("lmtp_cache_connection", "", OBSOLETE),
    seconds(
        "lmtp_connect_timeout",
        "0s",
        Acts("How long to wait for a connection; 0: as long as the kernel."),
    ),
    tables(
        "lmtp_discard_lhlo_keyword_address_maps", "", Acts("The same by the address of the server.")
    ),
    words("lmtp_discard_lhlo_keywords", "", Acts("What a server announces and we do not use.")),
    words(
        "lmtp_fallback_relay",
        "",
        Acts("Where mail goes when its own mail exchangers cannot be found or reached."),
    ),
    needed("lmtp_lhlo_name", "$myhostname", Acts("What we say in LHLO.")),
    seconds(
        "lmtp_lhlo_timeout",
        "300s",
        Acts("How long to wait for the greeting and the reply to LHLO."),
        low=1,
    ),
    yes_no("lmtp_skip_quit_response", "no", Acts("Do not wait for the reply to QUIT.")),
    number("lmtp_tcp_port", "24", Acts("The port mail is sent to.")),
    tables("lmtp_tls_loglevel_maps", "$smtp_tls_loglevel_maps", LATER),
    words(
        "lmtp_tls_secure_cert_match", "nexthop", Acts("The names of servers at the level secure.")
    ),
)
