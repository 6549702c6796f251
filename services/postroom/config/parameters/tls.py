"""Parameters of TLS for whoever speaks it."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
    number,
    seconds,
    tables,
    text,
    words,
    yes_no,
)

LATER = Accepted("TLS does without it so far.")
NOT_CALLED = Accepted("No program calls openssl(1).")
_WHAT_OPENSSL_DOES = Accepted("OpenSSL sees to it by itself.")
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    text("openssl_path", "openssl", NOT_CALLED),
    yes_no("requiretls_enable", "yes", LATER),
    yes_no("requiretls_esmtp_header", "yes", LATER),
    yes_no("requiretls_redact_dsn", "yes", LATER),
    yes_no(
        "tls_append_default_CA",
        "no",
        Acts("Trust the system's authorities beside those of main.cf."),
    ),
    text("tls_config_file", "default", LATER),
    text("tls_config_name", "", LATER),
    number("tls_daemon_random_bytes", "32", _WHAT_OPENSSL_DOES),
    text("tls_dane_digest_agility", "on", OBSOLETE),
    words("tls_dane_digests", "sha512 sha256", LATER),
    yes_no("tls_dane_trust_anchor_digest_enable", "yes", OBSOLETE),
    words("tls_disable_workarounds", "", LATER),
    words("tls_eecdh_auto_curves", "X25519 X448 prime256v1 secp384r1 secp521r1", LATER),
    text("tls_eecdh_strong_curve", "prime256v1", Acts("The curve of the grade strong.")),
    text("tls_eecdh_ultra_curve", "secp384r1", Acts("The curve of the grade ultra.")),
    text("tls_export_cipherlist", "", Acts("The ciphers of the grade export; empty: as medium.")),
    yes_no("tls_fast_shutdown_enable", "yes", LATER),
    words("tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072", LATER),
    text(
        "tls_high_cipherlist",
        "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH",
        Acts("The ciphers of the grade high, in OpenSSL's words."),
    ),
    yes_no("tls_legacy_public_key_fingerprints", "no", LATER),
    text("tls_low_cipherlist", "", Acts("The ciphers of the grade low; empty: as medium.")),
    text(
        "tls_medium_cipherlist",
        ""
        "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH",
        Acts("The ciphers of the grade medium, in OpenSSL's words."),
    ),
    text(
        "tls_null_cipherlist",
        "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL",
        Acts("The ciphers of the grade null: signed, not encrypted."),
    ),
    yes_no("tls_preempt_cipherlist", "no", Acts("The server's order of ciphers counts.")),
    number("tls_random_bytes", "32", _WHAT_OPENSSL_DOES, low=1),
    text("tls_random_exchange_name", "${data_directory}/prng_exch", _WHAT_OPENSSL_DOES),
    seconds("tls_random_prng_update_period", "3600s", _WHAT_OPENSSL_DOES, low=1),
    seconds("tls_random_reseed_period", "3600s", _WHAT_OPENSSL_DOES, low=1),
    text("tls_random_source", "dev:/dev/urandom", _WHAT_OPENSSL_DOES),
    yes_no("tls_required_enable", "yes", LATER),
    tables(
        "tls_server_sni_maps",
        "",
        Acts(
            "Keys and certificates by the name that a client asks for. The table's text file "
            "counts, postmap -F may be run and need not be."
        ),
    ),
    text("tls_session_ticket_cipher", "aes-256-cbc", _WHAT_OPENSSL_DOES),
    words("tls_ssl_options", "", Acts("Options of OpenSSL, without SSL_OP_.")),
    number("tls_trace_rate_limit", "1", LATER),
    yes_no("tls_trust_server_ccerts", "no", LATER),
    yes_no(
        "tls_wildcard_matches_multiple_labels",
        "yes",
        Acts("Whether *.example.com in a certificate is for a.b.example.com, too."),
    ),
    text("tlsmgr_service_name", "tlsmgr", Accepted("Each service keeps its own tickets.")),
)
