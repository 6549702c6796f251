"""use_srv_lookup: the hosts of a service are found by SRV records."""

import asyncio
from typing import Any

import pytest

from postroom.contracts.dns import Answer, NoData, Record, TryAgain
from postroom.delivery.client.destination import parse_destinations
from postroom.delivery.client.name_service import NoRoute
from postroom.delivery.client.servers import Server, in_order
from unit.delivery.client.field import Field, rules

SERVICE = ("_submission._tcp.y.example", "SRV")
ZONE = {
    SERVICE: Answer(
        (Record("0 587 b.example", 20), Record("5 465 a.example", 10), Record("5 465 lost", 10)), 60
    ),
    ("a.example", "A"): Answer((Record("192.0.2.1"),), 60),
    ("b.example", "A"): Answer((Record("192.0.2.2"),), 60),
    ("y.example", "MX"): Answer((Record("mx.example", 10),), 60),
    ("mx.example", "A"): Answer((Record("192.0.2.3"),), 60),
}
BY_SERVICE = ["a.example[192.0.2.1]:465", "b.example[192.0.2.2]:587"]
BY_EXCHANGER = ["mx.example[192.0.2.3]:587"]


def found(nexthop: str, zone: dict[Any, Any] = ZONE, **changes: Any) -> list[str]:
    """Raises NoRoute."""
    settings = rules(use_srv_lookup=("submission",), **changes)
    (destination,) = parse_destinations(
        nexthop, lmtp=False, port="smtp", services=settings.use_srv_lookup
    )

    async def run() -> list[str]:
        route = await Field(settings, zone).ways.router.find(destination)
        return [host.relay for host in route.hosts]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("nexthop", "expected"),
    [
        ("y.example:submission", BY_SERVICE),
        ("y.example:587", BY_EXCHANGER),
        ("[a.example]:submission", ["a.example[192.0.2.1]:587"]),
        ("[192.0.2.9]:submission", ["192.0.2.9[192.0.2.9]:587"]),
        ("y.example", ["mx.example[192.0.2.3]:25"]),
    ],
)
def test_a_service_that_main_cf_names_is_looked_up(nexthop: str, expected: list[str]) -> None:
    assert found(nexthop) == expected


def test_the_port_of_all_mail_can_be_such_a_service() -> None:
    (destination,) = parse_destinations(
        "y.example", lmtp=False, port="submission", services=("submission",)
    )
    assert destination.service == "submission"


@pytest.mark.parametrize(
    ("answer", "changes", "expected"),
    [
        (NoData(), {}, "5.4.4"),
        (NoData(), {"ignore_srv_lookup_error": True}, "5.4.4"),
        (NoData(), {"allow_srv_lookup_fallback": True}, BY_EXCHANGER),
        (TryAgain("SERVFAIL"), {}, "4.4.3"),
        (TryAgain("SERVFAIL"), {"ignore_srv_lookup_error": True}, BY_EXCHANGER),
        (TryAgain("SERVFAIL"), {"allow_srv_lookup_fallback": True}, "4.4.3"),
        (Answer((Record("0 0"),), 60), {"allow_srv_lookup_fallback": True}, "5.1.0"),
        (Answer((Record("0 25 lost"),), 60), {"allow_srv_lookup_fallback": True}, "5.4.4"),
    ],
)
def test_where_there_are_no_such_records(
    answer: Any, changes: dict[str, Any], expected: list[str] | str
) -> None:
    zone = ZONE | {SERVICE: answer}
    if isinstance(expected, list):
        assert found("y.example:submission", zone, **changes) == expected
        return
    with pytest.raises(NoRoute) as raised:
        found("y.example:submission", zone, **changes)
    assert raised.value.code == expected


def test_a_heavier_server_is_more_often_before_a_lighter_one() -> None:
    heavy, light = Server("heavy", 25, 10, 90), Server("light", 25, 10, 10)
    none, later = Server("none", 25, 10, 0), Server("later", 25, 20, 1000)
    orders = [in_order((later, none, light, heavy)) for _ in range(400)]
    assert all(order[-1] is later and len(order) == 4 for order in orders)
    assert 300 < sum(order[0] is heavy for order in orders) < 400
    assert sum(order[2] is none for order in orders) > 390
