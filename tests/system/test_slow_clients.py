"""Clients that do nothing, or next to nothing, keep nobody from being served."""

from statistics import median

from system.crowd import crowd, seconds_to_banner
from system.mailer import Mailer

# As many as every run of the tests can afford; tests/bench/slow_clients has two thousand.
IDLE = 300
DRIPPING = 30
GOOD = 50
MAX_SECONDS_TO_BANNER = 1.0


def test_good_clients_are_served_beside_a_crowd_of_slow_ones(mail: Mailer) -> None:
    with crowd(mail.machine, IDLE, DRIPPING):
        waited = seconds_to_banner(mail.machine, GOOD, "alice@example.org")
        mail.wait_for_mail("alice", GOOD)
    assert median(waited) < MAX_SECONDS_TO_BANNER
