"""Transports for the tests of what waits for them."""

from typing import Any

from postroom.queue.qmgr.settings import Transport


def transport(name: str = "smtp", **changes: Any) -> Transport:
    """As main.cf has it by default, but for Postfix's own feedback and ``changes``."""
    values: dict[str, Any] = {
        "name": name,
        "best_mx_transport": "",
        "process_limit": 100,
        "destination_concurrency_limit": 20,
        "destination_recipient_limit": 50,
        "initial_destination_concurrency": 2,
        "destination_concurrency_positive_feedback": "1",
        "destination_concurrency_negative_feedback": "1",
        "destination_concurrency_failed_cohort_limit": 1,
        "destination_rate_delay": 0.0,
        "transport_rate_delay": 0.0,
        "delivery_slot_cost": 5,
        "delivery_slot_discount": 50,
        "delivery_slot_loan": 3,
        "minimum_delivery_slots": 3,
        "recipient_limit": 20_000,
        "extra_recipient_limit": 1000,
        "recipient_refill_limit": 100,
        "recipient_refill_delay": 5.0,
    }
    return Transport(**(values | changes))
