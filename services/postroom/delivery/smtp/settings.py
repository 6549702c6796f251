"""The parameters of main.cf that the SMTP client reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds, sizes in bytes."""

    allow_srv_lookup_fallback: bool
    best_mx_transport: str
    delay_logging_resolution_limit: int
    disable_dns_lookups: bool
    disable_mime_output_conversion: bool
    header_size_limit: int
    ignore_mx_lookup_error: bool
    ignore_srv_lookup_error: bool
    inet_interfaces: tuple[str, ...]
    inet_protocols: tuple[str, ...]
    info_log_address_format: str
    max_idle: float
    mime_boundary_length_limit: int
    mime_nesting_limit: int
    minimal_backoff_time: float
    mydestination: tuple[str, ...]
    myhostname: str
    myorigin: str
    owner_request_special: bool
    propagate_unmatched_extensions: tuple[str, ...]
    proxy_interfaces: tuple[str, ...]
    recipient_delimiter: str
    relayhost: str
    smtp_address_preference: str
    smtp_address_verify_target: str
    smtp_always_send_ehlo: bool
    smtp_balance_inet_protocols: bool
    smtp_bind_address: str
    smtp_bind_address6: str
    smtp_bind_address_enforce: bool
    smtp_body_checks: tuple[str, ...]
    smtp_cname_overrides_servername: bool
    smtp_connect_timeout: float
    smtp_connection_cache_destinations: tuple[str, ...]
    smtp_connection_cache_on_demand: bool
    smtp_connection_cache_time_limit: float
    smtp_connection_reuse_count_limit: int
    smtp_connection_reuse_time_limit: float
    smtp_data_done_timeout: float
    smtp_data_init_timeout: float
    smtp_data_xfer_timeout: float
    smtp_defer_if_no_mx_address_found: bool
    smtp_delivery_status_filter: tuple[str, ...]
    smtp_discard_ehlo_keyword_address_maps: tuple[str, ...]
    smtp_discard_ehlo_keywords: tuple[str, ...]
    smtp_dns_reply_filter: tuple[str, ...]
    smtp_dns_support_level: str
    smtp_enforce_tls: bool
    smtp_fallback_relay: tuple[str, ...]
    smtp_generic_maps: tuple[str, ...]
    smtp_header_checks: tuple[str, ...]
    smtp_helo_name: str
    smtp_helo_timeout: float
    smtp_host_lookup: tuple[str, ...]
    smtp_line_length_limit: int
    smtp_mail_timeout: float
    smtp_mime_header_checks: tuple[str, ...]
    smtp_min_data_rate: int
    smtp_mx_address_limit: int
    smtp_mx_session_limit: int
    smtp_nested_header_checks: tuple[str, ...]
    smtp_never_send_ehlo: bool
    smtp_per_request_deadline: bool
    smtp_pix_workaround_delay_time: float
    smtp_pix_workaround_maps: tuple[str, ...]
    smtp_pix_workaround_threshold_time: float
    smtp_pix_workarounds: tuple[str, ...]
    smtp_quit_timeout: float
    smtp_quote_rfc821_envelope: bool
    smtp_randomize_addresses: bool
    smtp_rcpt_timeout: float
    smtp_reply_filter: tuple[str, ...]
    smtp_rset_timeout: float
    smtp_sasl_auth_cache_name: tuple[str, ...]
    smtp_sasl_auth_cache_time: float
    smtp_sasl_auth_enable: bool
    smtp_sasl_auth_soft_bounce: bool
    smtp_sasl_mechanism_filter: tuple[str, ...]
    smtp_sasl_password_maps: tuple[str, ...]
    smtp_sasl_password_result_delimiter: str
    smtp_sasl_security_options: tuple[str, ...]
    smtp_sasl_tls_security_options: tuple[str, ...]
    smtp_sasl_tls_verified_security_options: tuple[str, ...]
    smtp_send_dummy_mail_auth: bool
    smtp_send_xforward_command: bool
    smtp_sender_dependent_authentication: bool
    smtp_skip_5xx_greeting: bool
    smtp_skip_quit_response: bool
    smtp_starttls_timeout: float
    smtp_tcp_port: str
    smtp_tls_CAfile: str
    smtp_tls_CApath: str
    smtp_tls_cert_file: str
    smtp_tls_chain_files: tuple[str, ...]
    smtp_tls_ciphers: str
    smtp_tls_connection_reuse: bool
    smtp_tls_dane_insecure_mx_policy: str
    smtp_tls_eccert_file: str
    smtp_tls_eckey_file: str
    smtp_tls_enforce_peername: bool
    smtp_tls_exclude_ciphers: tuple[str, ...]
    smtp_tls_fingerprint_cert_match: tuple[str, ...]
    smtp_tls_fingerprint_digest: str
    smtp_tls_force_insecure_host_tlsa_lookup: bool
    smtp_tls_key_file: str
    smtp_tls_loglevel: int
    smtp_tls_mandatory_ciphers: str
    smtp_tls_mandatory_exclude_ciphers: tuple[str, ...]
    smtp_tls_mandatory_protocols: str
    smtp_tls_note_starttls_offer: bool
    smtp_tls_policy_maps: tuple[str, ...]
    smtp_tls_protocols: str
    smtp_tls_secure_cert_match: tuple[str, ...]
    smtp_tls_security_level: str
    smtp_tls_servername: str
    smtp_tls_session_cache_database: tuple[str, ...]
    smtp_tls_session_cache_timeout: float
    smtp_tls_verify_cert_match: tuple[str, ...]
    smtp_tls_wrappermode: bool
    smtp_use_tls: bool
    smtp_xforward_timeout: float
    soft_bounce: bool
    syslog_name: str
    tls_append_default_CA: bool
    tls_high_cipherlist: str
    tls_medium_cipherlist: str
    tls_null_cipherlist: str
    tls_ssl_options: tuple[str, ...]
    tls_wildcard_matches_multiple_labels: bool
    use_srv_lookup: tuple[str, ...]
