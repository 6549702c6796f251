"""The parameters of main.cf that trivial-rewrite reads."""

from msgspec import Struct
from msgspec.structs import replace


class Settings(Struct, frozen=True, kw_only=True):
    address_verify_default_transport: str
    address_verify_local_transport: str
    address_verify_relay_transport: str
    address_verify_relayhost: str
    address_verify_sender_dependent_default_transport_maps: tuple[str, ...]
    address_verify_sender_dependent_relayhost_maps: tuple[str, ...]
    address_verify_transport_maps: tuple[str, ...]
    address_verify_virtual_transport: str
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
    syslog_facility: str
    syslog_name: str
    transport_maps: tuple[str, ...]
    virtual_alias_domains: tuple[str, ...]
    virtual_mailbox_domains: tuple[str, ...]
    virtual_transport: str

    def for_probes(self) -> "Settings":
        """What holds for probes of verify(8); the same where main.cf has nothing of its own."""
        return replace(
            self,
            default_transport=self.address_verify_default_transport,
            local_transport=self.address_verify_local_transport,
            relay_transport=self.address_verify_relay_transport,
            relayhost=self.address_verify_relayhost,
            sender_dependent_default_transport_maps=(
                self.address_verify_sender_dependent_default_transport_maps
            ),
            sender_dependent_relayhost_maps=self.address_verify_sender_dependent_relayhost_maps,
            transport_maps=self.address_verify_transport_maps,
            virtual_transport=self.address_verify_virtual_transport,
        )

    @property
    def sender_matters(self) -> bool:
        """Whether a route may depend on the sender."""
        return bool(
            self.sender_dependent_relayhost_maps or self.sender_dependent_default_transport_maps
        )
