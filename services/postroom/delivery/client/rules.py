"""What SMTP and LMTP settings have in common, under one set of names."""

from collections.abc import Mapping

import msgspec


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """``smtp_mail_timeout`` and ``lmtp_mail_timeout`` are ``mail_timeout`` here, and so on."""

    lmtp: bool
    address_preference: str
    balance_inet_protocols: bool
    bind_address6: str
    bind_address: str
    bind_address_enforce: bool
    connect_timeout: float
    connection_cache_destinations: tuple[str, ...]
    connection_cache_on_demand: bool
    connection_cache_time_limit: float
    connection_reuse_count_limit: int
    connection_reuse_time_limit: float
    data_done_timeout: float
    data_init_timeout: float
    data_xfer_timeout: float
    defer_if_no_mx_address_found: bool
    disable_dns_lookups: bool
    disable_mime_output_conversion: bool
    discard_ehlo_keywords: tuple[str, ...]
    dns_support_level: str
    fallback_relay: tuple[str, ...]
    helo_name: str
    helo_timeout: float
    host_lookup: tuple[str, ...]
    ignore_mx_lookup_error: bool
    inet_interfaces: tuple[str, ...]
    inet_protocols: tuple[str, ...]
    line_length_limit: int
    mail_timeout: float
    max_idle: float
    mx_address_limit: int
    mx_session_limit: int
    myhostname: str
    proxy_interfaces: tuple[str, ...]
    quit_timeout: float
    quote_rfc821_envelope: bool
    randomize_addresses: bool
    rcpt_timeout: float
    rset_timeout: float
    skip_5xx_greeting: bool
    skip_quit_response: bool
    soft_bounce: bool
    syslog_name: str
    tcp_port: str
    always_send_ehlo: bool = True
    never_send_ehlo: bool = False
    # Where a relative unix: path begins (LMTP only).
    queue_directory: str = ""


def rules(
    settings: msgspec.Struct,
    prefix: str,
    *,
    lmtp: bool = False,
    names: Mapping[str, str] | None = None,
) -> Rules:
    """The rules out of a client's settings, whose own parameters begin with ``prefix``.

    ``names`` has those whose name differs in more than that: theirs to ours.
    """
    values = {}
    for name, value in msgspec.structs.asdict(settings).items():
        bare = name.removeprefix(prefix)
        values[(names or {}).get(bare, bare)] = value
    return Rules(lmtp=lmtp, **values)
