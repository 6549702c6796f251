"""The parameters of main.cf that smtpd reads; times in seconds, sizes in bytes."""

from postroom.mail.address import Extensions
from postroom.reception.smtpd.sasl_settings import SaslSettings


class Settings(SaslSettings, frozen=True, kw_only=True):
    """Everything a running smtpd knows of the configuration."""

    service_name: str
    process_limit: int
    stress: str
    verbose: bool
    debug_peer_list: tuple[str, ...]
    syslog_facility: str
    syslog_name: str
    info_log_address_format: str
    max_idle: float
    cleanup_service_name: str
    myhostname: str
    myorigin: str
    owner_request_special: bool
    recipient_delimiter: str

    # The dialogue
    smtpd_banner: str
    smtpd_timeout: float
    smtpd_min_data_rate: int
    smtpd_per_request_deadline: bool
    smtpd_helo_required: bool
    smtpd_peername_lookup: bool
    smtpd_discard_ehlo_keywords: tuple[str, ...]
    smtpd_discard_ehlo_keyword_address_maps: tuple[str, ...]
    smtpd_command_filter: tuple[str, ...]
    smtpd_client_port_logging: bool
    smtpd_hide_client_session: bool
    smtpd_noop_commands: tuple[str, ...]
    smtpd_forbidden_commands: tuple[str, ...]
    smtpd_forbid_bare_newline: str
    smtpd_forbid_bare_newline_exclusions: tuple[str, ...]
    smtpd_forbid_bare_newline_reject_code: int
    smtpd_forbid_unauth_pipelining: bool
    allow_min_user: bool
    strict_rfc821_envelopes: bool
    strict_smtputf8: bool
    disable_vrfy_command: bool
    smtputf8_autodetect_classes: tuple[str, ...]
    smtputf8_enable: bool
    message_size_limit: int
    smtpd_delay_open_until_valid_rcpt: bool
    smtpd_recipient_limit: int
    smtpd_recipient_overshoot_limit: int
    fast_flush_domains: tuple[str, ...]
    smtpd_authorized_verp_clients: tuple[str, ...]
    smtpd_authorized_xclient_hosts: tuple[str, ...]
    smtpd_authorized_xforward_hosts: tuple[str, ...]
    default_verp_delimiters: str
    verp_delimiter_filter: str
    smtpd_milters: tuple[str, ...]
    smtpd_milter_maps: tuple[str, ...]
    soft_bounce: bool

    # What one client may do (anvil(8))
    anvil_rate_time_unit: float
    smtpd_client_connection_count_limit: int
    smtpd_client_connection_rate_limit: int
    smtpd_client_message_rate_limit: int
    smtpd_client_recipient_rate_limit: int
    smtpd_client_new_tls_session_rate_limit: int
    smtpd_client_auth_rate_limit: int
    smtpd_client_event_limit_exceptions: tuple[str, ...]
    smtpd_client_ipv4_prefix_length: int
    smtpd_client_ipv6_prefix_length: int

    smtpd_upstream_proxy_protocol: str
    smtpd_upstream_proxy_timeout: float

    # Before the greeting (postscreen(8)); ``screens``: whether this service does that at all
    screens: bool
    postscreen_access_list: tuple[str, ...]
    postscreen_denylist_action: str
    postscreen_greet_wait: float
    postscreen_greet_banner: str
    postscreen_greet_action: str
    postscreen_greet_ttl: float
    postscreen_dnsbl_sites: tuple[str, ...]
    postscreen_dnsbl_threshold: int
    postscreen_dnsbl_action: str
    postscreen_dnsbl_timeout: float
    postscreen_dnsbl_min_ttl: float
    postscreen_dnsbl_max_ttl: float

    # Patience
    smtpd_error_sleep_time: float
    smtpd_soft_error_limit: int
    smtpd_hard_error_limit: int
    smtpd_junk_command_limit: int

    # What is done to a message on its way in
    content_filter: str
    receive_override_options: tuple[str, ...]
    internal_mail_filter_classes: tuple[str, ...]

    # Who may do what
    mynetworks: tuple[str, ...]
    local_header_rewrite_clients: tuple[str, ...]
    smtpd_delay_reject: bool
    smtpd_relay_before_recipient_restrictions: bool
    smtpd_client_restrictions: tuple[str, ...]
    smtpd_helo_restrictions: tuple[str, ...]
    smtpd_sender_restrictions: tuple[str, ...]
    smtpd_relay_restrictions: tuple[str, ...]
    smtpd_recipient_restrictions: tuple[str, ...]
    smtpd_data_restrictions: tuple[str, ...]
    smtpd_end_of_data_restrictions: tuple[str, ...]
    smtpd_etrn_restrictions: tuple[str, ...]
    restriction_classes: dict[str, tuple[str, ...]]
    smtpd_null_access_lookup_key: str
    smtpd_log_access_permit_actions: tuple[str, ...]
    smtpd_dns_reply_filter: tuple[str, ...]
    allow_untrusted_routing: bool
    permit_mx_backup_networks: tuple[str, ...]
    inet_interfaces: tuple[str, ...]
    proxy_interfaces: tuple[str, ...]
    unknown_address_tempfail_action: str
    unknown_helo_hostname_tempfail_action: str
    parent_domain_matches_subdomains: tuple[str, ...]

    # Whom the postmaster hears of
    notify_classes: tuple[str, ...]
    bounce_notice_recipient: str
    error_notice_recipient: str
    double_bounce_sender: str
    mail_name: str
    smtpd_history_flush_threshold: int

    # Which addresses can be delivered to
    address_verify_poll_count: int
    address_verify_poll_delay: float
    address_verify_sender: str
    address_verify_sender_ttl: float
    unverified_recipient_defer_code: int
    unverified_recipient_reject_code: int
    unverified_recipient_reject_reason: str
    unverified_recipient_tempfail_action: str
    unverified_sender_defer_code: int
    unverified_sender_reject_code: int
    unverified_sender_reject_reason: str
    unverified_sender_tempfail_action: str

    # Which recipients exist
    smtpd_reject_unlisted_recipient: bool
    smtpd_reject_unlisted_sender: bool
    local_recipient_maps: tuple[str, ...]
    relay_recipient_maps: tuple[str, ...]
    virtual_alias_maps: tuple[str, ...]
    virtual_mailbox_maps: tuple[str, ...]
    canonical_maps: tuple[str, ...]
    recipient_canonical_maps: tuple[str, ...]
    sender_canonical_maps: tuple[str, ...]
    sender_dependent_default_transport_maps: tuple[str, ...]
    show_user_unknown_table_name: bool

    # Replies
    smtpd_reject_filter_maps: tuple[str, ...]
    smtpd_reject_footer: str
    smtpd_reject_footer_maps: tuple[str, ...]
    smtpd_expansion_filter: str
    maps_rbl_reject_code: int
    default_rbl_reply: str
    rbl_reply_maps: tuple[str, ...]
    access_map_reject_code: int
    access_map_defer_code: int
    reject_code: int
    defer_code: int
    relay_domains_reject_code: int
    resolve_numeric_domain: bool
    invalid_hostname_reject_code: int
    non_fqdn_reject_code: int
    multi_recipient_bounce_reject_code: int
    unknown_address_reject_code: int
    unknown_client_reject_code: int
    unknown_hostname_reject_code: int
    unknown_local_recipient_reject_code: int
    unknown_relay_recipient_reject_code: int
    unknown_virtual_alias_reject_code: int
    unknown_virtual_mailbox_reject_code: int
    plaintext_reject_code: int

    @property
    def extensions(self) -> Extensions:
        """How addresses are taken apart."""
        return Extensions(self.recipient_delimiter, self.owner_request_special)
