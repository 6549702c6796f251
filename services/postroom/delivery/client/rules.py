"""What the SMTP and the LMTP client go by, under one set of names."""

from collections.abc import Callable
from typing import TypeVar, cast

import msgspec

from postroom.mail.address import Extensions


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds, sizes in bytes.

    ``verbose``: master.cf has the service with -v.
    """

    connection_cache_ttl_limit: float
    debug_peer_list: tuple[str, ...]
    delay_logging_resolution_limit: int
    disable_dns_lookups: bool
    disable_mime_output_conversion: bool
    header_size_limit: int
    ignore_mx_lookup_error: bool
    inet_interfaces: tuple[str, ...]
    inet_protocols: tuple[str, ...]
    info_log_address_format: str
    known_tcp_ports: tuple[str, ...]
    max_idle: float
    mime_boundary_length_limit: int
    mime_nesting_limit: int
    minimal_backoff_time: float
    mydestination: tuple[str, ...]
    myhostname: str
    myorigin: str
    owner_request_special: bool
    parent_domain_matches_subdomains: tuple[str, ...]
    propagate_unmatched_extensions: tuple[str, ...]
    proxy_interfaces: tuple[str, ...]
    recipient_delimiter: str
    relayhost: str
    soft_bounce: bool
    syslog_facility: str
    syslog_name: str
    tcp_windowsize: int
    tls_append_default_CA: bool
    tls_high_cipherlist: str
    tls_medium_cipherlist: str
    tls_null_cipherlist: str
    tls_ssl_options: tuple[str, ...]
    tls_wildcard_matches_multiple_labels: bool
    verbose: bool

    @property
    def extensions(self) -> Extensions:
        """How addresses are taken apart."""
        return Extensions(self.recipient_delimiter, self.owner_request_special)


class Rules(Common, frozen=True, kw_only=True):
    """``smtp_mail_timeout`` and ``lmtp_mail_timeout`` are ``mail_timeout`` here, and so on."""

    address_preference: str
    address_verify_target: str
    balance_inet_protocols: bool
    bind_address: str
    bind_address6: str
    bind_address_enforce: bool
    body_checks: tuple[str, ...]
    cname_overrides_servername: bool
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
    delivery_status_filter: tuple[str, ...]
    discard_ehlo_keyword_address_maps: tuple[str, ...]
    discard_ehlo_keywords: tuple[str, ...]
    dns_reply_filter: tuple[str, ...]
    dns_resolver_options: tuple[str, ...]
    dns_support_level: str
    enforce_tls: bool
    fallback_relay: tuple[str, ...]
    generic_maps: tuple[str, ...]
    header_checks: tuple[str, ...]
    helo_name: str
    helo_timeout: float
    host_lookup: tuple[str, ...]
    line_length_limit: int
    mail_timeout: float
    mime_header_checks: tuple[str, ...]
    min_data_rate: int
    mx_address_limit: int
    mx_session_limit: int
    nested_header_checks: tuple[str, ...]
    per_request_deadline: bool
    pix_workaround_delay_time: float
    pix_workaround_maps: tuple[str, ...]
    pix_workaround_threshold_time: float
    pix_workarounds: tuple[str, ...]
    quit_timeout: float
    quote_rfc821_envelope: bool
    randomize_addresses: bool
    rcpt_timeout: float
    reply_filter: tuple[str, ...]
    rset_timeout: float
    sasl_auth_cache_name: tuple[str, ...]
    sasl_auth_cache_time: float
    sasl_auth_enable: bool
    sasl_auth_soft_bounce: bool
    sasl_mechanism_filter: tuple[str, ...]
    sasl_password_maps: tuple[str, ...]
    sasl_password_result_delimiter: str
    sasl_security_options: tuple[str, ...]
    sasl_tls_security_options: tuple[str, ...]
    sasl_tls_verified_security_options: tuple[str, ...]
    send_dummy_mail_auth: bool
    send_xforward_command: bool
    sender_dependent_authentication: bool
    skip_5xx_greeting: bool
    skip_quit_response: bool
    starttls_timeout: float
    tcp_port: str
    tls_CAfile: str
    tls_CApath: str
    tls_cert_file: str
    tls_chain_files: tuple[str, ...]
    tls_ciphers: str
    tls_connection_reuse: bool
    tls_eccert_file: str
    tls_eckey_file: str
    tls_enforce_peername: bool
    tls_exclude_ciphers: tuple[str, ...]
    tls_fingerprint_cert_match: tuple[str, ...]
    tls_fingerprint_digest: str
    tls_force_insecure_host_tlsa_lookup: bool
    tls_key_file: str
    tls_loglevel: int
    tls_mandatory_ciphers: str
    tls_mandatory_exclude_ciphers: tuple[str, ...]
    tls_mandatory_protocols: str
    tls_note_starttls_offer: bool
    tls_policy_maps: tuple[str, ...]
    tls_protocols: str
    tls_secure_cert_match: tuple[str, ...]
    tls_security_level: str
    tls_servername: str
    tls_session_cache_database: tuple[str, ...]
    tls_session_cache_timeout: float
    tls_verify_cert_match: tuple[str, ...]
    tls_wrappermode: bool
    use_tls: bool
    xforward_timeout: float
    # The other client has no such parameter.
    lmtp: bool = False
    allow_srv_lookup_fallback: bool = False
    always_send_ehlo: bool = True
    # Whether a server that knows no DSN is the end of the way.
    assume_final: bool = False
    best_mx_transport: str = ""
    ignore_srv_lookup_error: bool = False
    never_send_ehlo: bool = False
    # Where a relative unix: path begins.
    queue_directory: str = ""
    tls_dane_insecure_mx_policy: str = "dane"
    use_srv_lookup: tuple[str, ...] = ()

    @property
    def connection_kept_for(self) -> float:
        """Seconds that an idle connection is of use."""
        return min(self.connection_cache_time_limit, self.connection_cache_ttl_limit)


R = TypeVar("R", bound=Rules)


def read_from(prefix: str) -> Callable[[type[R]], type[R]]:
    """Of a client whose parameters are called as the rules with ``prefix`` before; what its class
    declares anew is called as it says there."""

    def decorate(client: type[R]) -> type[R]:
        unlike = {*Common.__struct_fields__, *client.__annotations__}
        # msgspec renames fields of a class itself, and none that it inherits.
        fields = [
            (field.name, field.type)
            for field in msgspec.structs.fields(Rules)
            if field.required and field.name not in unlike
        ]
        struct = msgspec.defstruct(
            client.__name__,
            fields,
            bases=(client,),
            module=client.__module__,
            rename=prefix.__add__,
            frozen=True,
            kw_only=True,
        )
        return cast("type[R]", struct)

    return decorate
