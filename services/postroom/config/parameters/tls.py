"""Parameters of TLS for whoever speaks it."""

from postroom.config.parameter import (
    Accepted,
    Obsolete,
    Parameter,
    number,
    seconds,
    tables,
    text,
    words,
    yes_no,
)

LATER = Accepted("TLS is not spoken yet.")
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    text("openssl_path", "openssl", LATER),
    yes_no("requiretls_enable", "yes", LATER),
    yes_no("requiretls_esmtp_header", "yes", LATER),
    yes_no("requiretls_redact_dsn", "yes", LATER),
    yes_no("tls_append_default_CA", "no", LATER),
    text("tls_config_file", "default", LATER),
    text("tls_config_name", "", LATER),
    number("tls_daemon_random_bytes", "32", LATER),
    text("tls_dane_digest_agility", "on", OBSOLETE),
    words("tls_dane_digests", "sha512 sha256", LATER),
    yes_no("tls_dane_trust_anchor_digest_enable", "yes", OBSOLETE),
    words("tls_disable_workarounds", "", LATER),
    words("tls_eecdh_auto_curves", "X25519 X448 prime256v1 secp384r1 secp521r1", LATER),
    text("tls_eecdh_strong_curve", "prime256v1", LATER),
    text("tls_eecdh_ultra_curve", "secp384r1", LATER),
    text("tls_export_cipherlist", "", LATER),
    yes_no("tls_fast_shutdown_enable", "yes", LATER),
    words("tls_ffdhe_auto_groups", "ffdhe2048 ffdhe3072", LATER),
    text(
        "tls_high_cipherlist",
        "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH",
        LATER,
    ),
    yes_no("tls_legacy_public_key_fingerprints", "no", LATER),
    text("tls_low_cipherlist", "", LATER),
    text(
        "tls_medium_cipherlist",
        ""
        "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH",
        LATER,
    ),
    text("tls_null_cipherlist", "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL", LATER),
    yes_no("tls_preempt_cipherlist", "no", LATER),
    number("tls_random_bytes", "32", LATER),
    text("tls_random_exchange_name", "${data_directory}/prng_exch", LATER),
    seconds("tls_random_prng_update_period", "3600s", LATER),
    seconds("tls_random_reseed_period", "3600s", LATER),
    text("tls_random_source", "dev:/dev/urandom", LATER),
    yes_no("tls_required_enable", "yes", LATER),
    tables("tls_server_sni_maps", "", LATER),
    text("tls_session_ticket_cipher", "aes-256-cbc", LATER),
    words("tls_ssl_options", "", LATER),
    number("tls_trace_rate_limit", "1", LATER),
    yes_no("tls_trust_server_ccerts", "no", LATER),
    yes_no("tls_wildcard_matches_multiple_labels", "yes", LATER),
    text("tlsmgr_service_name", "tlsmgr", LATER),
)
