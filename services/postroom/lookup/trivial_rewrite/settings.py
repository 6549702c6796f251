"""The parameters trivial-rewrite reads (main.cf)."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    allow_min_user: bool
    allow_percent_hack: bool
    append_at_myorigin: bool
    append_dot_mydomain: bool
    default_transport: str
    double_bounce_sender: str
    empty_address_default_transport_maps_lookup_key: str
    empty_address_relayhost_maps_lookup_key: str
    helpful_warnings: bool
    inet_interfaces: tuple[str, ...]
    local_transport: str
    max_idle: float
    mydestination: tuple[str, ...]
    mydomain: str
    myhostname: str
    myorigin: str
    owner_request_special: bool
    parent_domain_matches_subdomains: tuple[str, ...]
    proxy_interfaces: tuple[str, ...]
    recipient_delimiter: str
    relay_domains: tuple[str, ...]
    relay_transport: str
    relayhost: str
    relocated_maps: tuple[str, ...]
    relocated_prefix_enable: bool
    remote_header_rewrite_domain: str
    resolve_dequoted_address: bool
    resolve_null_domain: bool
    resolve_numeric_domain: bool
    sender_dependent_default_transport_maps: tuple[str, ...]
    sender_dependent_relayhost_maps: tuple[str, ...]
    show_user_unknown_table_name: bool
    swap_bangpath: bool
    syslog_name: str
    transport_maps: tuple[str, ...]
    virtual_alias_domains: tuple[str, ...]
    virtual_mailbox_domains: tuple[str, ...]
    virtual_transport: str
