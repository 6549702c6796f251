"""Parameters of TLS on the way out, for SMTP and LMTP."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Refused,
    cache,
    choice,
    number,
    seconds,
    tables,
    text,
    words,
    yes_no,
)
from postroom.config.parameters.any_client import of_each_client

LATER = Accepted("The clients do not do this yet.")
PER_SITE = Refused("Only its successor is read: write the table anew for smtp_tls_policy_maps.")

PARAMETERS = of_each_client(
    yes_no(
        "client_enforce_tls",
        "no",
        Acts("Old name for client_tls_security_level = verify, or encrypt."),
    ),
    yes_no("client_log_tls_feature_status", "yes", LATER),
    text("client_requiretls_policy", "opportunistic", LATER),
    seconds(
        "client_starttls_timeout",
        "300s",
        Acts("How long STARTTLS and the TLS handshake may take."),
        low=1,
    ),
    text("client_tls_CAfile", "", Acts("A file of authorities that may vouch for servers.")),
    text(
        "client_tls_CApath",
        "",
        Acts("A directory of authorities that may vouch for servers."),
    ),
    yes_no("client_tls_block_early_mail_reply", "no", LATER),
    text("client_tls_cert_file", "", Acts("Our certificate, for servers that ask for one.")),
    words(
        "client_tls_chain_files",
        "",
        Acts("Keys with their certificates, in place of client_tls_cert_file and its like."),
    ),
    text("client_tls_ciphers", "medium", Acts("The grade of ciphers where TLS is optional.")),
    yes_no(
        "client_tls_connection_reuse",
        "no",
        Acts("Whether a connection with TLS may be kept for more mail."),
    ),
    text("client_tls_dcert_file", "", LATER),
    text("client_tls_dkey_file", "$client_tls_dcert_file", LATER),
    text(
        "client_tls_eccert_file",
        "",
        Acts("Another certificate of ours, with an elliptic curve."),
    ),
    text(
        "client_tls_eckey_file",
        "$client_tls_eccert_file",
        Acts("The key of client_tls_eccert_file."),
    ),
    yes_no("client_tls_enable_rpk", "no", LATER),
    yes_no(
        "client_tls_enforce_peername",
        "yes",
        Acts("Whether client_enforce_tls wants servers to prove their name."),
    ),
    yes_no("client_tls_enforce_sts_mx_patterns", "yes", LATER),
    words(
        "client_tls_exclude_ciphers",
        "",
        Acts("Ciphers, and kinds of them, that are not used."),
    ),
    words(
        "client_tls_fingerprint_cert_match",
        "",
        Acts("Fingerprints of servers at the level fingerprint."),
    ),
    text(
        "client_tls_fingerprint_digest",
        "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
        Acts("The digest of fingerprints."),
    ),
    yes_no(
        "client_tls_force_insecure_host_tlsa_lookup",
        "no",
        Acts("Ask for TLSA records of servers whose address is not secure."),
    ),
    text(
        "client_tls_key_file",
        "$client_tls_cert_file",
        Acts("The key of client_tls_cert_file."),
    ),
    number("client_tls_loglevel", "0", Acts("From 1 on, a line for each TLS handshake."), high=4),
    text(
        "client_tls_mandatory_ciphers",
        "medium",
        Acts("The grade of ciphers where TLS is mandatory."),
    ),
    words(
        "client_tls_mandatory_exclude_ciphers",
        "",
        Acts("Ciphers that are not used where TLS is mandatory, beside the others."),
    ),
    words(
        "client_tls_mandatory_protocols",
        ">=TLSv1",
        Acts("The versions of TLS where it is mandatory."),
    ),
    yes_no(
        "client_tls_note_starttls_offer",
        "no",
        Acts("Log which servers offer TLS that we do not use."),
    ),
    tables("client_tls_per_site", "", PER_SITE),
    tables(
        "client_tls_policy_maps",
        "",
        Acts("The TLS level, and more, by destination."),
    ),
    words("client_tls_protocols", ">=TLSv1", Acts("The versions of TLS where it is optional.")),
    number("client_tls_scert_verifydepth", "9", LATER),
    choice(
        "client_tls_security_level",
        "",
        Acts("Whether TLS is used, must be, and how servers prove who they are."),
        "",
        "none",
        "may",
        "encrypt",
        "dane",
        "dane-only",
        "fingerprint",
        "verify",
        "secure",
    ),
    text(
        "client_tls_servername",
        "",
        Acts("The name asked for in the TLS handshake (SNI): hostname, nexthop, or one."),
    ),
    cache(
        "client_tls_session_cache_database",
        "",
        Acts("Where it names any, sessions are resumed; they are kept in memory."),
    ),
    seconds(
        "client_tls_session_cache_timeout",
        "3600s",
        Acts("How long a TLS session can be resumed."),
    ),
    number("client_tls_trace_size_limit", "102400", LATER),
    text("client_tls_trust_anchor_file", "", LATER),
    words(
        "client_tls_verify_cert_match",
        "hostname",
        Acts("The names of servers at the level verify."),
    ),
    yes_no("client_tls_wrappermode", "no", Acts("Speak TLS from the first byte (port 465).")),
    yes_no("client_tlsrpt_enable", "no", LATER),
    yes_no("client_tlsrpt_skip_reused_handshakes", "yes", LATER),
    text("client_tlsrpt_socket_name", "", LATER),
    yes_no("client_use_tls", "no", Acts("Old name for client_tls_security_level = may.")),
)
