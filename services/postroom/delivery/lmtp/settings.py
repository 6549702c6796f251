"""The parameters of main.cf that the LMTP client reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds, sizes in bytes."""

    disable_dns_lookups: bool
    disable_mime_output_conversion: bool
    ignore_mx_lookup_error: bool
    inet_interfaces: tuple[str, ...]
    inet_protocols: tuple[str, ...]
    lmtp_address_preference: str
    lmtp_balance_inet_protocols: bool
    lmtp_bind_address6: str
    lmtp_bind_address: str
    lmtp_bind_address_enforce: bool
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
    lmtp_discard_lhlo_keywords: tuple[str, ...]
    lmtp_dns_support_level: str
    lmtp_fallback_relay: tuple[str, ...]
    lmtp_host_lookup: tuple[str, ...]
    lmtp_lhlo_name: str
    lmtp_lhlo_timeout: float
    lmtp_line_length_limit: int
    lmtp_mail_timeout: float
    lmtp_mx_address_limit: int
    lmtp_mx_session_limit: int
    lmtp_quit_timeout: float
    lmtp_quote_rfc821_envelope: bool
    lmtp_randomize_addresses: bool
    lmtp_rcpt_timeout: float
    lmtp_rset_timeout: float
    lmtp_skip_5xx_greeting: bool
    lmtp_skip_quit_response: bool
    lmtp_tcp_port: str
    max_idle: float
    myhostname: str
    proxy_interfaces: tuple[str, ...]
    queue_directory: str
    soft_bounce: bool
    syslog_name: str
