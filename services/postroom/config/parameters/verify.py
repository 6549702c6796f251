"""Parameters of verify(8): probing addresses."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    cache,
    choice,
    days,
    hours,
    needed,
    number,
    seconds,
    tables,
    text,
    yes_no,
)

OWN_SOCKET = Accepted("Each service is found at the socket of its own name.")
KEPT = Accepted("verify keeps what it knows by itself, and forgets it in time.")

PARAMETERS: tuple[Parameter, ...] = (
    hours("address_verify_cache_cleanup_interval", "12h", KEPT),
    needed(
        "address_verify_default_transport",
        "$default_transport",
        Acts("default_transport for probes."),
    ),
    needed(
        "address_verify_local_transport", "$local_transport", Acts("local_transport for probes.")
    ),
    cache("address_verify_map", "btree:$data_directory/verify_cache", KEPT),
    yes_no(
        "address_verify_negative_cache",
        "yes",
        Acts("Whether it is remembered that an address cannot be delivered to."),
    ),
    days("address_verify_negative_expire_time", "3d", Acts("How long that is remembered."), low=1),
    hours(
        "address_verify_negative_refresh_time",
        "3h",
        Acts("When such an address is probed again."),
        low=1,
    ),
    number(
        "address_verify_pending_request_limit",
        "5000",
        Acts("How many probes may be under way."),
        low=1,
    ),
    number(
        "address_verify_poll_count",
        "${stress?{1}:{3}}",
        Acts("How often smtpd asks for what a probe has shown before it puts the client off."),
        low=1,
    ),
    seconds("address_verify_poll_delay", "3s", Acts("How long it waits between."), low=1),
    days(
        "address_verify_positive_expire_time",
        "31d",
        Acts("How long it is remembered that an address can be delivered to."),
        low=1,
    ),
    days(
        "address_verify_positive_refresh_time",
        "7d",
        Acts("When such an address is probed again."),
        low=1,
    ),
    needed(
        "address_verify_relay_transport", "$relay_transport", Acts("relay_transport for probes.")
    ),
    text(
        "address_verify_relayhost",
        "$relayhost",
        Acts("relayhost for probes; empty: straight to where mail is exchanged."),
    ),
    text(
        "address_verify_sender",
        "$double_bounce_sender",
        Acts("The sender of probes; <> or nothing for the empty one."),
    ),
    tables(
        "address_verify_sender_dependent_default_transport_maps",
        "$sender_dependent_default_transport_maps",
        Acts("sender_dependent_default_transport_maps for probes."),
    ),
    tables(
        "address_verify_sender_dependent_relayhost_maps",
        "$sender_dependent_relayhost_maps",
        Acts("sender_dependent_relayhost_maps for probes."),
    ),
    seconds(
        "address_verify_sender_ttl",
        "0s",
        Acts("How long probes have one sender before a part of it changes; 0: they keep it."),
    ),
    text("address_verify_service_name", "verify", OWN_SOCKET),
    tables("address_verify_transport_maps", "$transport_maps", Acts("transport_maps for probes.")),
    needed(
        "address_verify_virtual_transport",
        "$virtual_transport",
        Acts("virtual_transport for probes."),
    ),
    number(
        "unverified_recipient_defer_code",
        "450",
        Acts("The code where a recipient could not be verified yet; 250 lets it through."),
        low=200,
        high=499,
    ),
    number(
        "unverified_recipient_reject_code",
        "450",
        Acts(
            "The code for recipients that a probe has found undeliverable; 250 lets them through."
        ),
        low=200,
        high=599,
    ),
    text(
        "unverified_recipient_reject_reason",
        "",
        Acts("What is said of such recipients, in place of what a probe was told."),
    ),
    choice(
        "unverified_recipient_tempfail_action",
        "$reject_tempfail_action",
        Acts("What to do about recipients that could not be verified yet."),
        "defer",
        "defer_if_permit",
    ),
    number(
        "unverified_sender_defer_code",
        "450",
        Acts("The code where a sender could not be verified yet; 250 lets it through."),
        low=200,
        high=499,
    ),
    number(
        "unverified_sender_reject_code",
        "450",
        Acts("The code for senders that a probe has found undeliverable; 250 lets them through."),
        low=200,
        high=599,
    ),
    text(
        "unverified_sender_reject_reason",
        "",
        Acts("What is said of such senders, in place of what a probe was told."),
    ),
    choice(
        "unverified_sender_tempfail_action",
        "$reject_tempfail_action",
        Acts("What to do about senders that could not be verified yet."),
        "defer",
        "defer_if_permit",
    ),
)
