"""What a host at the other end sees of the queue manager's manners."""

from collections.abc import Iterator

import pytest

from system.dialogue import send
from system.mailer import Mailer
from system.slow_host import SlowHost

PORT = 2525


@pytest.fixture
def host(mail: Mailer) -> Iterator[SlowHost]:
    mail.set(relayhost=f"[127.0.0.1]:{PORT}")
    with SlowHost(mail.machine.listen(PORT, "127.0.0.1"), seconds=0.3) as slow:
        yield slow


def queue_many(mail: Mailer, count: int) -> None:
    """So many messages for one destination, before the first delivery is over."""
    mail.machine.run(
        *("smtp-source", "-4", "-s", "10", "-m", str(count)),
        *("-f", "alice@example.org", "-t", "bob@far.example", "127.0.0.1:25"),
    )


def most_allowed(done: int, limit: int) -> int:
    """Two at first, and one more after each round of as many deliveries."""
    allowed = 2
    while done >= allowed and allowed < limit:
        done -= allowed
        allowed += 1
    return allowed


@pytest.mark.parametrize(("limit", "count"), [(4, 40), (20, 120)])
def test_two_connections_first_then_one_more_per_round_up_to_the_limit(
    mail: Mailer, host: SlowHost, limit: int, count: int
) -> None:
    mail.set(default_destination_concurrency_limit=str(limit))
    queue_many(mail, count)
    mail.machine.wait_for("all mail", lambda: len(host.deliveries) == count, 30)
    for done, delivery in enumerate(host.deliveries):
        assert delivery.at_once <= most_allowed(done, limit)
    assert max(delivery.at_once for delivery in host.deliveries) >= min(limit, 8)


def test_a_long_list_delays_one_message_by_a_few_deliveries(mail: Mailer, host: SlowHost) -> None:
    host.seconds = 0.05
    mail.set(smtp_destination_recipient_limit="2", smtp_destination_concurrency_limit="1")
    everybody = [f"u{number}@far.example" for number in range(200)]
    send(mail.machine.connect(), "list@example.org", everybody)
    mail.machine.wait_for("the list to begin", lambda: host.deliveries, 10)
    begun = len(host.deliveries)
    send(mail.machine.connect(), "alice@example.org", "zoe@far.example")
    mail.machine.wait_for("the small message", lambda: host.got("zoe@far.example"), 10)
    # It waits for the one under way, and for those that ended while it was being sent.
    assert host.place_of("zoe@far.example") - begun < 20
    mail.wait_for_empty_queue()
    assert len(host.deliveries) == 101


def test_a_transport_of_ones_own_keeps_to_its_own_limits(mail: Mailer, host: SlowHost) -> None:
    """A table sends a domain's mail there; what takes the usual way does not wait behind it."""
    machine = mail.machine
    machine.run("postconf", "-M", "slow/unix=slow unix - - n - - smtp")
    mail.set(
        transport_maps=f"inline:{{far.example=slow:[127.0.0.1]:{PORT}}}",
        slow_destination_concurrency_limit="1",
        slow_initial_destination_concurrency="1",
    )
    queue_many(mail, 10)
    machine.run("sendmail", "zoe@near.example", user="alice", text="\nx\n")
    machine.wait_for("all mail", lambda: len(host.deliveries) == 11, 30)
    assert host.place_of("zoe@near.example") < 9
    slow = [one for one in host.deliveries if one.recipients == ("bob@far.example",)]
    assert max(delivery.at_once for delivery in slow) <= 2  # one of them, and zoe's
