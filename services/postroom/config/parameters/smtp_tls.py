"""Parameters of TLS on the way out, for SMTP and LMTP."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
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

LATER = Accepted("The clients do not do this yet.")
PER_SITE = Refused("Only its successor is read: write the table anew for smtp_tls_policy_maps.")
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no(
        "lmtp_enforce_tls",
        "no",
        Acts("Old name for lmtp_tls_security_level = verify, or encrypt."),
    ),
    yes_no("lmtp_log_tls_feature_status", "yes", LATER),
    text("lmtp_requiretls_policy", "opportunistic", LATER),
    seconds(
        "lmtp_starttls_timeout",
        "300s",
        Acts("How long STARTTLS and the TLS handshake may take."),
        low=1,
    ),
    text("lmtp_tls_CAfile", "", Acts("A file of authorities that may vouch for servers.")),
    text("lmtp_tls_CApath", "", Acts("A directory of authorities that may vouch for servers.")),
    yes_no("lmtp_tls_block_early_mail_reply", "no", LATER),
    text("lmtp_tls_cert_file", "", Acts("Our certificate, for servers that ask for one.")),
    words(
        "lmtp_tls_chain_files",
        "",
        Acts("Keys with their certificates, in place of lmtp_tls_cert_file and its like."),
    ),
    text("lmtp_tls_ciphers", "medium", Acts("The grade of ciphers where TLS is optional.")),
    yes_no(
        "lmtp_tls_connection_reuse",
        "no",
        Acts("Whether a connection with TLS may be kept for more mail."),
    ),
    text("lmtp_tls_dcert_file", "", LATER),
    text("lmtp_tls_dkey_file", "$lmtp_tls_dcert_file", LATER),
    text("lmtp_tls_eccert_file", "", Acts("Another certificate of ours, with an elliptic curve.")),
    text("lmtp_tls_eckey_file", "$lmtp_tls_eccert_file", Acts("The key of lmtp_tls_eccert_file.")),
    yes_no("lmtp_tls_enable_rpk", "no", LATER),
    yes_no(
        "lmtp_tls_enforce_peername",
        "yes",
        Acts("Whether lmtp_enforce_tls wants servers to prove their name."),
    ),
    yes_no("lmtp_tls_enforce_sts_mx_patterns", "yes", LATER),
    words("lmtp_tls_exclude_ciphers", "", Acts("Ciphers, and kinds of them, that are not used.")),
    words(
        "lmtp_tls_fingerprint_cert_match",
        "",
        Acts("Fingerprints of servers at the level fingerprint."),
    ),
    text(
        "lmtp_tls_fingerprint_digest",
        "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
        Acts("The digest of fingerprints."),
    ),
    yes_no(
        "lmtp_tls_force_insecure_host_tlsa_lookup",
        "no",
        Acts("Ask for TLSA records of servers whose address is not secure."),
    ),
    text("lmtp_tls_key_file", "$lmtp_tls_cert_file", Acts("The key of lmtp_tls_cert_file.")),
    number("lmtp_tls_loglevel", "0", Acts("From 1 on, a line for each TLS handshake."), high=4),
    tables("lmtp_tls_loglevel_maps", "$smtp_tls_loglevel_maps", LATER),
    text(
        "lmtp_tls_mandatory_ciphers", "medium", Acts("The grade of ciphers where TLS is mandatory.")
    ),
    words(
        "lmtp_tls_mandatory_exclude_ciphers",
        "",
        Acts("Ciphers that are not used where TLS is mandatory, beside the others."),
    ),
    words(
        "lmtp_tls_mandatory_protocols",
        ">=TLSv1",
        Acts("The versions of TLS where it is mandatory."),
    ),
    yes_no(
        "lmtp_tls_note_starttls_offer",
        "no",
        Acts("Log which servers offer TLS that we do not use."),
    ),
    tables("lmtp_tls_per_site", "", PER_SITE),
    tables(
        "lmtp_tls_policy_maps",
        "",
        Acts("The TLS level, and more, by destination."),
    ),
    words("lmtp_tls_protocols", ">=TLSv1", Acts("The versions of TLS where it is optional.")),
    number("lmtp_tls_scert_verifydepth", "9", LATER),
    words(
        "lmtp_tls_secure_cert_match", "nexthop", Acts("The names of servers at the level secure.")
    ),
    choice(
        "lmtp_tls_security_level",
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
        "lmtp_tls_servername",
        "",
        Acts("The name asked for in the TLS handshake (SNI): hostname, nexthop, or one."),
    ),
    cache(
        "lmtp_tls_session_cache_database",
        "",
        Acts("Where it names any, sessions are resumed; they are kept in memory."),
    ),
    seconds(
        "lmtp_tls_session_cache_timeout", "3600s", Acts("How long a TLS session can be resumed.")
    ),
    number("lmtp_tls_trace_size_limit", "102400", LATER),
    text("lmtp_tls_trust_anchor_file", "", LATER),
    words(
        "lmtp_tls_verify_cert_match", "hostname", Acts("The names of servers at the level verify.")
    ),
    yes_no("lmtp_tls_wrappermode", "no", Acts("Speak TLS from the first byte (port 465).")),
    yes_no("lmtp_tlsrpt_enable", "no", LATER),
    yes_no("lmtp_tlsrpt_skip_reused_handshakes", "yes", LATER),
    text("lmtp_tlsrpt_socket_name", "", LATER),
    yes_no("lmtp_use_tls", "no", Acts("Old name for lmtp_tls_security_level = may.")),
    yes_no(
        "smtp_enforce_tls",
        "no",
        Acts("Old name for smtp_tls_security_level = verify, or encrypt."),
    ),
    yes_no("smtp_log_tls_feature_status", "yes", LATER),
    text("smtp_requiretls_policy", "opportunistic", LATER),
    seconds(
        "smtp_starttls_timeout",
        "300s",
        Acts("How long STARTTLS and the TLS handshake may take."),
        low=1,
    ),
    text("smtp_tls_CAfile", "", Acts("A file of authorities that may vouch for servers.")),
    text("smtp_tls_CApath", "", Acts("A directory of authorities that may vouch for servers.")),
    yes_no("smtp_tls_block_early_mail_reply", "no", LATER),
    text("smtp_tls_cert_file", "", Acts("Our certificate, for servers that ask for one.")),
    words(
        "smtp_tls_chain_files",
        "",
        Acts("Keys with their certificates, in place of smtp_tls_cert_file and its like."),
    ),
    text("smtp_tls_cipherlist", "", OBSOLETE),
    text("smtp_tls_ciphers", "medium", Acts("The grade of ciphers where TLS is optional.")),
    yes_no(
        "smtp_tls_connection_reuse",
        "no",
        Acts("Whether a connection with TLS may be kept for more mail."),
    ),
    choice(
        "smtp_tls_dane_insecure_mx_policy",
        "dane",
        Acts("The level for servers with TLSA records that an insecure MX record names."),
        "dane",
        "encrypt",
        "may",
    ),
    text("smtp_tls_dcert_file", "", LATER),
    text("smtp_tls_dkey_file", "$smtp_tls_dcert_file", LATER),
    text("smtp_tls_eccert_file", "", Acts("Another certificate of ours, with an elliptic curve.")),
    text("smtp_tls_eckey_file", "$smtp_tls_eccert_file", Acts("The key of smtp_tls_eccert_file.")),
    yes_no("smtp_tls_enable_rpk", "no", LATER),
    yes_no(
        "smtp_tls_enforce_peername",
        "yes",
        Acts("Whether smtp_enforce_tls wants servers to prove their name."),
    ),
    yes_no("smtp_tls_enforce_sts_mx_patterns", "yes", LATER),
    words("smtp_tls_exclude_ciphers", "", Acts("Ciphers, and kinds of them, that are not used.")),
    words(
        "smtp_tls_fingerprint_cert_match",
        "",
        Acts("Fingerprints of servers at the level fingerprint."),
    ),
    text(
        "smtp_tls_fingerprint_digest",
        "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
        Acts("The digest of fingerprints."),
    ),
    yes_no(
        "smtp_tls_force_insecure_host_tlsa_lookup",
        "no",
        Acts("Ask for TLSA records of servers whose address is not secure."),
    ),
    text("smtp_tls_key_file", "$smtp_tls_cert_file", Acts("The key of smtp_tls_cert_file.")),
    number("smtp_tls_loglevel", "0", Acts("From 1 on, a line for each TLS handshake."), high=4),
    tables("smtp_tls_loglevel_maps", "", LATER),
    text(
        "smtp_tls_mandatory_ciphers", "medium", Acts("The grade of ciphers where TLS is mandatory.")
    ),
    words(
        "smtp_tls_mandatory_exclude_ciphers",
        "",
        Acts("Ciphers that are not used where TLS is mandatory, beside the others."),
    ),
    words(
        "smtp_tls_mandatory_protocols",
        ">=TLSv1",
        Acts("The versions of TLS where it is mandatory."),
    ),
    yes_no(
        "smtp_tls_note_starttls_offer",
        "no",
        Acts("Log which servers offer TLS that we do not use."),
    ),
    tables("smtp_tls_per_site", "", PER_SITE),
    tables(
        "smtp_tls_policy_maps",
        "",
        Acts("The TLS level, and more, by destination."),
    ),
    words("smtp_tls_protocols", ">=TLSv1", Acts("The versions of TLS where it is optional.")),
    number("smtp_tls_scert_verifydepth", "9", LATER),
    words(
        "smtp_tls_secure_cert_match",
        "nexthop, dot-nexthop",
        Acts("The names of servers at the level secure."),
    ),
    choice(
        "smtp_tls_security_level",
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
        "smtp_tls_servername",
        "",
        Acts("The name asked for in the TLS handshake (SNI): hostname, nexthop, or one."),
    ),
    cache(
        "smtp_tls_session_cache_database",
        "",
        Acts("Where it names any, sessions are resumed; they are kept in memory."),
    ),
    seconds(
        "smtp_tls_session_cache_timeout", "3600s", Acts("How long a TLS session can be resumed.")
    ),
    number("smtp_tls_trace_size_limit", "102400", LATER),
    text("smtp_tls_trust_anchor_file", "", LATER),
    words(
        "smtp_tls_verify_cert_match", "hostname", Acts("The names of servers at the level verify.")
    ),
    yes_no("smtp_tls_wrappermode", "no", Acts("Speak TLS from the first byte (port 465).")),
    yes_no("smtp_tlsrpt_enable", "no", LATER),
    yes_no("smtp_tlsrpt_skip_reused_handshakes", "yes", LATER),
    text("smtp_tlsrpt_socket_name", "", LATER),
    yes_no("smtp_use_tls", "no", Acts("Old name for smtp_tls_security_level = may.")),
)
