"""Parameters of each transport: ``default_…`` and ``<transport>_…``."""

from postroom.config.parameter import Acts, Parameter, number, seconds, tables, text

PARAMETERS: tuple[Parameter, ...] = (
    number(
        "default_delivery_slot_cost",
        "5",
        Acts("After how many deliveries of a message one of another may go first; 0 is never."),
    ),
    number(
        "default_delivery_slot_discount",
        "50",
        Acts("How many percent of what another message needs it gets in advance."),
        high=100,
    ),
    number(
        "default_delivery_slot_loan",
        "3",
        Acts("How many deliveries another message gets in advance."),
    ),
    tables(
        "default_delivery_status_filter",
        "",
        Acts("What an agent found, and what is said of it instead: code and text."),
    ),
    number(
        "default_destination_concurrency_failed_cohort_limit",
        "1",
        Acts("How many rounds of failed deliveries make a destination dead."),
    ),
    number(
        "default_destination_concurrency_limit",
        "20",
        Acts("How many deliveries at a time to one destination."),
    ),
    text(
        "default_destination_concurrency_negative_feedback",
        "1",
        Acts("How fast a destination's concurrency shrinks when deliveries fail."),
    ),
    text(
        "default_destination_concurrency_positive_feedback",
        "1/concurrency",
        Acts("How fast a destination's concurrency grows when deliveries succeed."),
    ),
    seconds(
        "default_destination_rate_delay",
        "0s",
        Acts("The pause between two deliveries to one destination."),
    ),
    number(
        "default_destination_recipient_limit",
        "50",
        Acts("How many recipients of a message one delivery carries."),
    ),
    number(
        "default_extra_recipient_limit",
        "1000",
        Acts("How many more recipients of a message that goes before others are in memory."),
    ),
    number(
        "default_minimum_delivery_slots",
        "3",
        Acts("How many deliveries a message must have to spare to be interrupted at all."),
    ),
    number(
        "default_process_limit",
        "100",
        Acts("How many of one service work at a time where master.cf names no number."),
        low=1,
    ),
    number(
        "default_recipient_limit",
        "20000",
        Acts("How many recipients of one transport are in memory at a time."),
    ),
    seconds(
        "default_recipient_refill_delay",
        "5s",
        Acts("How long to wait for that many before fewer are read."),
        low=1,
    ),
    number(
        "default_recipient_refill_limit",
        "100",
        Acts("How many recipients of a long list are read together."),
        low=1,
    ),
    seconds(
        "default_transport_rate_delay",
        "0s",
        Acts("The pause between two deliveries of one transport."),
    ),
    number(
        "initial_destination_concurrency",
        "2",
        Acts("How many deliveries at a time a new destination begins with."),
        low=1,
    ),
    number(
        "local_destination_concurrency_limit",
        "2",
        Acts("How many local deliveries at a time to one user."),
    ),
    number(
        "local_destination_recipient_limit", "1", Acts("How many local users one delivery is for.")
    ),
    number(
        "relay_destination_concurrency_limit",
        "$default_destination_concurrency_limit",
        Acts("default_destination_concurrency_limit of the transport relay."),
    ),
    number(
        "relay_destination_recipient_limit",
        "$default_destination_recipient_limit",
        Acts("default_destination_recipient_limit of the transport relay."),
    ),
    number(
        "transport_delivery_slot_cost",
        "$default_delivery_slot_cost",
        Acts("default_delivery_slot_cost of one transport."),
    ),
    number(
        "transport_delivery_slot_discount",
        "$default_delivery_slot_discount",
        Acts("default_delivery_slot_discount of one transport."),
        high=100,
    ),
    number(
        "transport_delivery_slot_loan",
        "$default_delivery_slot_loan",
        Acts("default_delivery_slot_loan of one transport."),
    ),
    number(
        "transport_destination_concurrency_failed_cohort_limit",
        "$default_destination_concurrency_failed_cohort_limit",
        Acts("default_destination_concurrency_failed_cohort_limit of one transport."),
    ),
    number(
        "transport_destination_concurrency_limit",
        "$default_destination_concurrency_limit",
        Acts("default_destination_concurrency_limit of one transport."),
    ),
    text(
        "transport_destination_concurrency_negative_feedback",
        "$default_destination_concurrency_negative_feedback",
        Acts("default_destination_concurrency_negative_feedback of one transport."),
    ),
    text(
        "transport_destination_concurrency_positive_feedback",
        "$default_destination_concurrency_positive_feedback",
        Acts("default_destination_concurrency_positive_feedback of one transport."),
    ),
    seconds(
        "transport_destination_rate_delay",
        "$default_destination_rate_delay",
        Acts("default_destination_rate_delay of one transport."),
    ),
    number(
        "transport_destination_recipient_limit",
        "$default_destination_recipient_limit",
        Acts("default_destination_recipient_limit of one transport."),
    ),
    number(
        "transport_extra_recipient_limit",
        "$default_extra_recipient_limit",
        Acts("default_extra_recipient_limit of one transport."),
    ),
    number(
        "transport_initial_destination_concurrency",
        "$initial_destination_concurrency",
        Acts("initial_destination_concurrency of one transport."),
        low=1,
    ),
    number(
        "transport_minimum_delivery_slots",
        "$default_minimum_delivery_slots",
        Acts("default_minimum_delivery_slots of one transport."),
    ),
    number(
        "transport_recipient_limit",
        "$default_recipient_limit",
        Acts("default_recipient_limit of one transport."),
    ),
    seconds(
        "transport_recipient_refill_delay",
        "$default_recipient_refill_delay",
        Acts("default_recipient_refill_delay of one transport."),
        low=1,
    ),
    number(
        "transport_recipient_refill_limit",
        "$default_recipient_refill_limit",
        Acts("default_recipient_refill_limit of one transport."),
        low=1,
    ),
    seconds(
        "transport_time_limit",
        "$command_time_limit",
        Acts("How long a command of the transport may take."),
        low=1,
    ),
    seconds(
        "transport_transport_rate_delay",
        "$default_transport_rate_delay",
        Acts("default_transport_rate_delay of one transport."),
    ),
    number(
        "virtual_destination_concurrency_limit",
        "$default_destination_concurrency_limit",
        Acts("default_destination_concurrency_limit of the transport virtual."),
    ),
    number(
        "virtual_destination_recipient_limit",
        "$default_destination_recipient_limit",
        Acts("default_destination_recipient_limit of the transport virtual."),
    ),
)

OF_ANY_TRANSPORT = tuple(
    parameter for parameter in PARAMETERS if parameter.name.startswith("transport_")
)
