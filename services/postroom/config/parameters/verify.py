"""Parameters of verify(8): probing addresses."""

from postroom.config.parameter import (
    Accepted,
    Parameter,
    cache,
    choice,
    days,
    hours,
    needed,
    number,
    reply_code,
    seconds,
    tables,
    text,
    yes_no,
)

LATER = Accepted("Addresses are not probed yet.")

PARAMETERS: tuple[Parameter, ...] = (
    hours("address_verify_cache_cleanup_interval", "12h", LATER),
    needed("address_verify_default_transport", "$default_transport", LATER),
    needed("address_verify_local_transport", "$local_transport", LATER),
    cache("address_verify_map", "btree:$data_directory/verify_cache", LATER),
    yes_no("address_verify_negative_cache", "yes", LATER),
    days("address_verify_negative_expire_time", "3d", LATER, low=1),
    hours("address_verify_negative_refresh_time", "3h", LATER),
    number("address_verify_pending_request_limit", "5000", LATER, low=1),
    number("address_verify_poll_count", "${stress?{1}:{3}}", LATER, low=1),
    seconds("address_verify_poll_delay", "3s", LATER),
    days("address_verify_positive_expire_time", "31d", LATER, low=1),
    days("address_verify_positive_refresh_time", "7d", LATER),
    needed("address_verify_relay_transport", "$relay_transport", LATER),
    text("address_verify_relayhost", "$relayhost", LATER),
    needed("address_verify_sender", "$double_bounce_sender", LATER),
    tables(
        "address_verify_sender_dependent_default_transport_maps",
        "$sender_dependent_default_transport_maps",
        LATER,
    ),
    tables(
        "address_verify_sender_dependent_relayhost_maps", "$sender_dependent_relayhost_maps", LATER
    ),
    seconds("address_verify_sender_ttl", "0s", LATER),
    text("address_verify_service_name", "verify", LATER),
    tables("address_verify_transport_maps", "$transport_maps", LATER),
    needed("address_verify_virtual_transport", "$virtual_transport", LATER),
    reply_code("unverified_recipient_defer_code", "450", LATER),
    reply_code("unverified_recipient_reject_code", "450", LATER),
    text("unverified_recipient_reject_reason", "", LATER),
    choice(
        "unverified_recipient_tempfail_action",
        "$reject_tempfail_action",
        LATER,
        "defer",
        "defer_if_permit",
        "defer_if_reject",
        "permit",
    ),
    reply_code("unverified_sender_defer_code", "450", LATER),
    reply_code("unverified_sender_reject_code", "450", LATER),
    text("unverified_sender_reject_reason", "", LATER),
    choice(
        "unverified_sender_tempfail_action",
        "$reject_tempfail_action",
        LATER,
        "defer",
        "defer_if_permit",
        "defer_if_reject",
        "permit",
    ),
)
