"""The names that may stand in smtpd restriction lists (postconf(5)), by what follows them."""

PLAIN = frozenset(
    [
        "permit",
        "reject",
        "defer",
        "defer_if_permit",
        "defer_if_reject",
        "permit_mynetworks",
        "permit_inet_interfaces",
        "permit_sasl_authenticated",
        "permit_tls_all_clientcerts",
        "permit_tls_clientcerts",
        "reject_plaintext_session",
        "reject_sender_login_mismatch",
        "reject_authenticated_sender_login_mismatch",
        "reject_known_sender_login_mismatch",
        "reject_unauthenticated_sender_login_mismatch",
        "permit_auth_destination",
        "permit_mx_backup",
        "reject_unauth_destination",
        "defer_unauth_destination",
        "reject_unauth_pipelining",
        "reject_multi_recipient_bounce",
        "reject_unknown_client",
        "reject_unknown_client_hostname",
        "reject_unknown_reverse_client_hostname",
        "reject_invalid_hostname",
        "reject_invalid_helo_hostname",
        "reject_non_fqdn_hostname",
        "reject_non_fqdn_helo_hostname",
        "reject_unknown_hostname",
        "reject_unknown_helo_hostname",
        "reject_non_fqdn_sender",
        "reject_non_fqdn_recipient",
        "reject_unknown_address",
        "reject_unknown_sender_domain",
        "reject_unknown_recipient_domain",
        "reject_unlisted_recipient",
        "check_recipient_maps",
        "reject_unlisted_sender",
        "reject_unverified_recipient",
        "reject_unverified_sender",
    ]
)

WITH_TABLE = frozenset(
    [
        "check_client_access",
        "check_reverse_client_hostname_access",
        "check_helo_access",
        "check_sender_access",
        "check_recipient_access",
        "check_etrn_access",
        "check_sasl_access",
        "check_ccert_access",
    ]
) | frozenset(
    f"check_{subject}_{record}_access"
    for subject in ("client", "reverse_client_hostname", "helo", "sender", "recipient")
    for record in ("a", "mx", "ns")
)

WITH_DNS_LIST = frozenset(
    [
        "permit_dnswl_client",
        "permit_rhswl_client",
        "reject_rbl_client",
        "reject_rhsbl_client",
        "reject_rhsbl_helo",
        "reject_rhsbl_recipient",
        "reject_rhsbl_reverse_client",
        "reject_rhsbl_sender",
    ]
)

WITH_NUMBER = frozenset(["sleep"])

ONLY_WARN = "warn_if_reject"
"""Makes a refusal of the restriction behind it a line in the log."""

PLAIN_NOT_YET = frozenset(
    [
        "check_relay_domains",
        "permit_naked_ip_address",
        "reject_maps_rbl",
        "reject_unknown_forward_client_hostname",
    ]
)

WITH_ARGUMENT_NOT_YET = frozenset(
    [
        "reject_rbl",
    ]
)

NOT_YET = PLAIN_NOT_YET | WITH_ARGUMENT_NOT_YET
"""Restrictions of Postfix's that Postroom cannot apply."""

REWRITE_CLIENTS = frozenset(
    [
        "permit_inet_interfaces",
        "permit_mynetworks",
        "permit_sasl_authenticated",
        "permit_tls_all_clientcerts",
        "permit_tls_clientcerts",
    ]
)
"""What local_header_rewrite_clients may name besides tables."""

ADDRESS_MAP = "check_address_map"
"""Stands in front of a table there, and may be left out."""

BARRIERS = frozenset(
    ("reject_unauth_destination", "defer_unauth_destination", "reject", "defer", "defer_if_permit")
)
"""One of these has to be in reach of every recipient, or strangers relay through us."""

FINAL = frozenset(("permit", "reject", "defer"))
"""Nothing behind these is ever reached."""
