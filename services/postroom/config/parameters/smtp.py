"""Parameters of smtp(8), the SMTP client."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Legacy,
    Obsolete,
    Parameter,
    choice,
    needed,
    seconds,
    tables,
    text,
    words,
    yes_no,
)
from postroom.config.parameters.clients_sasl import OWN
from postroom.config.parameters.clients_tls import LATER

OWN_CACHE = Accepted("Each client keeps its own connections (smtp_connection_cache_time_limit).")
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no(
        "allow_srv_lookup_fallback",
        "no",
        Acts("Look for mail exchangers when there are no SRV records."),
    ),
    text(
        "best_mx_transport",
        "",
        Acts("The transport of domains whose best mail exchanger we are, though no list has them."),
    ),
    seconds("connection_cache_protocol_timeout", "5s", OWN_CACHE, low=1),
    text("connection_cache_service_name", "scache", OWN_CACHE),
    seconds("connection_cache_status_update_time", "600s", OWN_CACHE, low=1),
    seconds(
        "connection_cache_ttl_limit",
        "2s",
        Acts("The most that counts of smtp_connection_cache_time_limit and its like."),
        low=1,
    ),
    yes_no("disable_dns_lookups", "no", Acts("Ask hosts(5) instead of DNS for where mail goes.")),
    yes_no(
        "dns_ncache_ttl_fix_enable",
        "no",
        Accepted("How long a name is known not to be is read from the answer itself."),
    ),
    text(
        "dnssec_probe",
        "ns:.",
        Accepted("Whether the resolver validates is seen from its answers about each host."),
    ),
    text("fallback_relay", "", Legacy("smtp_fallback_relay")),
    yes_no("ignore_mx_lookup_error", "no", Acts("Look for an address when the MX lookup fails.")),
    yes_no(
        "ignore_srv_lookup_error", "no", Acts("Look for mail exchangers when the SRV lookup fails.")
    ),
    yes_no("send_cyrus_sasl_authzid", "no", OWN),
    yes_no("smtp_always_send_ehlo", "yes", Acts("Say EHLO though the banner does not say ESMTP.")),
    seconds(
        "smtp_connect_timeout",
        "30s",
        Acts("How long to wait for a connection; 0: as long as the kernel."),
    ),
    tables(
        "smtp_discard_ehlo_keyword_address_maps", "", Acts("The same by the address of the server.")
    ),
    words("smtp_discard_ehlo_keywords", "", Acts("What a server announces and we do not use.")),
    words(
        "smtp_fallback_relay",
        "$fallback_relay",
        Acts("Where mail goes when its own mail exchangers cannot be found or reached."),
    ),
    needed("smtp_helo_name", "$myhostname", Acts("What we say in HELO and EHLO.")),
    seconds(
        "smtp_helo_timeout",
        "300s",
        Acts("How long to wait for the banner and the reply to HELO."),
        low=1,
    ),
    yes_no("smtp_never_send_ehlo", "no", Acts("Never say EHLO.")),
    yes_no("smtp_skip_4xx_greeting", "yes", OBSOLETE),
    yes_no("smtp_skip_quit_response", "yes", Acts("Do not wait for the reply to QUIT.")),
    text("smtp_tcp_port", "smtp", Acts("The port mail is sent to.")),
    text("smtp_tls_cipherlist", "", OBSOLETE),
    choice(
        "smtp_tls_dane_insecure_mx_policy",
        "dane",
        Acts("The level for servers with TLSA records that an insecure MX record names."),
        "dane",
        "encrypt",
        "may",
    ),
    tables("smtp_tls_loglevel_maps", "", LATER),
    words(
        "smtp_tls_secure_cert_match",
        "nexthop, dot-nexthop",
        Acts("The names of servers at the level secure."),
    ),
    words("use_srv_lookup", "", Acts("Services whose hosts are found by SRV records.")),
)
