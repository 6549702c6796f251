"""The parameters of main.cf that the SMTP client reads."""

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds, sizes in bytes."""

    disable_dns_lookups: bool
    disable_mime_output_conversion: bool
    ignore_mx_lookup_error: bool
    inet_interfaces: tuple[str, ...]
    inet_protocols: tuple[str, ...]
    max_idle: float
    myhostname: str
    proxy_interfaces: tuple[str, ...]
    smtp_address_preference: str
    smtp_always_send_ehlo: bool
    smtp_balance_inet_protocols: bool
    smtp_bind_address6: str
    smtp_bind_address: str
    smtp_bind_address_enforce: bool
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
    smtp_discard_ehlo_keywords: tuple[str, ...]
    smtp_dns_support_level: str
    smtp_fallback_relay: tuple[str, ...]
    smtp_helo_name: str
    smtp_helo_timeout: float
    smtp_host_lookup: tuple[str, ...]
    smtp_line_length_limit: int
    smtp_mail_timeout: float
    smtp_mx_address_limit: int
    smtp_mx_session_limit: int
    smtp_never_send_ehlo: bool
    smtp_quit_timeout: float
    smtp_quote_rfc821_envelope: bool
    smtp_randomize_addresses: bool
    smtp_rcpt_timeout: float
    smtp_rset_timeout: float
    smtp_skip_5xx_greeting: bool
    smtp_skip_quit_response: bool
    smtp_tcp_port: str
    soft_bounce: bool
    syslog_name: str
