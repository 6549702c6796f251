"""The parameters of main.cf that the LMTP client reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds, sizes in bytes."""

    delay_logging_resolution_limit: int
    disable_dns_lookups: bool
    disable_mime_output_conversion: bool
    header_size_limit: int
    ignore_mx_lookup_error: bool
    inet_interfaces: tuple[str, ...]
    inet_protocols: tuple[str, ...]
    info_log_address_format: str
    lmtp_address_preference: str
    lmtp_address_verify_target: str
    lmtp_assume_final: bool
    lmtp_balance_inet_protocols: bool
    lmtp_bind_address: str
    lmtp_bind_address6: str
    lmtp_bind_address_enforce: bool
    lmtp_body_checks: tuple[str, ...]
    lmtp_cname_overrides_servername: bool
    lmtp_connect_timeout: float
    lmtp_connection_cache_destinations: tuple[str, ...]
    lmtp_connection_cache_on_demand: bool
    lmtp_connection_cache_time_limit: float
    lmtp_connection_reuse_count_limit: int
    lmtp_connection_reuse_time_limit: float
    lmtp_data_done_timeout: float
    lmtp_data_init_timeout: float
    lmtp_data_xfer_timeout: float
    lmtp_defer_if_no_mx_address_found: bool
    lmtp_delivery_status_filter: tuple[str, ...]
    lmtp_discard_lhlo_keyword_address_maps: tuple[str, ...]
    lmtp_discard_lhlo_keywords: tuple[str, ...]
    lmtp_dns_reply_filter: tuple[str, ...]
    lmtp_dns_support_level: str
    lmtp_enforce_tls: bool
    lmtp_fallback_relay: tuple[str, ...]
    lmtp_generic_maps: tuple[str, ...]
    lmtp_header_checks: tuple[str, ...]
    lmtp_host_lookup: tuple[str, ...]
    lmtp_lhlo_name: str
    lmtp_lhlo_timeout: float
    lmtp_line_length_limit: int
    lmtp_mail_timeout: float
    lmtp_mime_header_checks: tuple[str, ...]
    lmtp_min_data_rate: int
    lmtp_mx_address_limit: int
    lmtp_mx_session_limit: int
    lmtp_nested_header_checks: tuple[str, ...]
    lmtp_per_request_deadline: bool
    lmtp_pix_workaround_delay_time: float
    lmtp_pix_workaround_maps: tuple[str, ...]
    lmtp_pix_workaround_threshold_time: float
    lmtp_pix_workarounds: tuple[str, ...]
    lmtp_quit_timeout: float
    lmtp_quote_rfc821_envelope: bool
    lmtp_randomize_addresses: bool
    lmtp_rcpt_timeout: float
    lmtp_reply_filter: tuple[str, ...]
    lmtp_rset_timeout: float
    lmtp_sasl_auth_cache_name: tuple[str, ...]
    lmtp_sasl_auth_cache_time: float
    lmtp_sasl_auth_enable: bool
    lmtp_sasl_auth_soft_bounce: bool
    lmtp_sasl_mechanism_filter: tuple[str, ...]
    lmtp_sasl_password_maps: tuple[str, ...]
    lmtp_sasl_password_result_delimiter: str
    lmtp_sasl_security_options: tuple[str, ...]
    lmtp_sasl_tls_security_options: tuple[str, ...]
    lmtp_sasl_tls_verified_security_options: tuple[str, ...]
    lmtp_send_dummy_mail_auth: bool
    lmtp_send_xforward_command: bool
    lmtp_sender_dependent_authentication: bool
    lmtp_skip_5xx_greeting: bool
    lmtp_skip_quit_response: bool
    lmtp_starttls_timeout: float
    lmtp_tcp_port: str
    lmtp_tls_CAfile: str
    lmtp_tls_CApath: str
    lmtp_tls_cert_file: str
    lmtp_tls_chain_files: tuple[str, ...]
    lmtp_tls_ciphers: str
    lmtp_tls_connection_reuse: bool
    lmtp_tls_eccert_file: str
    lmtp_tls_eckey_file: str
    lmtp_tls_enforce_peername: bool
    lmtp_tls_exclude_ciphers: tuple[str, ...]
    lmtp_tls_fingerprint_cert_match: tuple[str, ...]
    lmtp_tls_fingerprint_digest: str
    lmtp_tls_force_insecure_host_tlsa_lookup: bool
    lmtp_tls_key_file: str
    lmtp_tls_loglevel: int
    lmtp_tls_mandatory_ciphers: str
    lmtp_tls_mandatory_exclude_ciphers: tuple[str, ...]
    lmtp_tls_mandatory_protocols: str
    lmtp_tls_note_starttls_offer: bool
    lmtp_tls_policy_maps: tuple[str, ...]
    lmtp_tls_protocols: str
    lmtp_tls_secure_cert_match: tuple[str, ...]
    lmtp_tls_security_level: str
    lmtp_tls_servername: str
    lmtp_tls_session_cache_database: tuple[str, ...]
    lmtp_tls_session_cache_timeout: float
    lmtp_tls_verify_cert_match: tuple[str, ...]
    lmtp_tls_wrappermode: bool
    lmtp_use_tls: bool
    lmtp_xforward_timeout: float
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
    queue_directory: str
    recipient_delimiter: str
    relayhost: str
    soft_bounce: bool
    syslog_name: str
    tls_append_default_CA: bool
    tls_high_cipherlist: str
    tls_medium_cipherlist: str
    tls_null_cipherlist: str
    tls_ssl_options: tuple[str, ...]
    tls_wildcard_matches_multiple_labels: bool
