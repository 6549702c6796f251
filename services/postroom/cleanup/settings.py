"""The parameters of main.cf that cleanup reads."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    always_add_missing_headers: bool
    always_bcc: str
    body_checks: tuple[str, ...]
    body_checks_size_limit: int
    canonical_classes: tuple[str, ...]
    canonical_maps: tuple[str, ...]
    detect_8bit_encoding_header: bool
    disable_mime_input_processing: bool
    duplicate_filter_limit: int
    empty_address_recipient: str
    enable_original_recipient: bool
    force_mime_input_conversion: bool
    full_name_encoding_charset: str
    header_checks: tuple[str, ...]
    header_address_token_limit: int
    header_from_format: str
    header_size_limit: int
    hopcount_limit: int
    info_log_address_format: str
    line_length_limit: int
    mail_name: str
    masquerade_classes: tuple[str, ...]
    masquerade_domains: tuple[str, ...]
    masquerade_exceptions: tuple[str, ...]
    max_idle: float
    message_drop_headers: tuple[str, ...]
    message_reject_characters: str
    message_size_limit: int
    message_strip_characters: str
    milter_header_checks: tuple[str, ...]
    mime_boundary_length_limit: int
    mime_header_checks: tuple[str, ...]
    mime_nesting_limit: int
    mydestination: tuple[str, ...]
    myhostname: str
    myorigin: str
    nested_header_checks: tuple[str, ...]
    non_empty_end_of_header_action: str
    non_smtpd_milters: tuple[str, ...]
    owner_request_special: bool
    propagate_unmatched_extensions: tuple[str, ...]
    recipient_bcc_maps: tuple[str, ...]
    recipient_canonical_classes: tuple[str, ...]
    recipient_canonical_maps: tuple[str, ...]
    recipient_delimiter: str
    remote_header_rewrite_domain: str
    sender_bcc_maps: tuple[str, ...]
    sender_canonical_classes: tuple[str, ...]
    sender_canonical_maps: tuple[str, ...]
    service_name: str
    smtpd_sasl_authenticated_header: bool
    smtputf8_enable: bool
    strict_7bit_headers: bool
    strict_8bitmime: bool
    strict_8bitmime_body: bool
    strict_mime_encoding_domain: bool
    syslog_facility: str
    syslog_name: str
    undisclosed_recipients_header: str
    verp_delimiter_filter: str
    virtual_alias_address_length_limit: int
    virtual_alias_expansion_limit: int
    virtual_alias_maps: tuple[str, ...]
    virtual_alias_recursion_limit: int
