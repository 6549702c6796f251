"""The parameters of TLS that smtpd reads (TLS_README)."""

from msgspec import Struct


class TlsSettings(Struct, frozen=True, kw_only=True):
    """What is offered to clients, and with which keys; the files reach smtpd as credentials."""

    smtpd_tls_security_level: str
    smtpd_use_tls: bool
    smtpd_enforce_tls: bool
    smtpd_tls_wrappermode: bool
    smtpd_tls_auth_only: bool
    smtpd_starttls_timeout: float
    smtpd_tls_received_header: bool
    smtpd_tls_loglevel: int

    # Keys and certificates
    smtpd_tls_chain_files: tuple[str, ...]
    smtpd_tls_eccert_file: str
    smtpd_tls_eckey_file: str
    smtpd_tls_cert_file: str
    smtpd_tls_key_file: str
    smtpd_tls_dcert_file: str
    smtpd_tls_dkey_file: str
    smtpd_tls_dh1024_param_file: str
    sni_chains: dict[str, tuple[str, ...]]

    # What is negotiated; lists are read where they are used
    smtpd_tls_protocols: str
    smtpd_tls_mandatory_protocols: str
    smtpd_tls_ciphers: str
    smtpd_tls_mandatory_ciphers: str
    smtpd_tls_exclude_ciphers: str
    smtpd_tls_mandatory_exclude_ciphers: str
    smtpd_tls_eecdh_grade: str
    smtpd_tls_session_cache_timeout: float
    tls_high_cipherlist: str
    tls_medium_cipherlist: str
    tls_low_cipherlist: str
    tls_export_cipherlist: str
    tls_null_cipherlist: str
    tls_eecdh_strong_curve: str
    tls_eecdh_ultra_curve: str
    tls_preempt_cipherlist: bool
    tls_ssl_options: tuple[str, ...]

    # Certificates of clients
    smtpd_tls_ask_ccert: bool
    smtpd_tls_req_ccert: bool
    smtpd_tls_CAfile: str
    smtpd_tls_CApath: str
    smtpd_tls_fingerprint_digest: str
    relay_clientcerts: tuple[str, ...]
