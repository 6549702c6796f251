"""Hosts come in the right order, never too many, and never ourselves."""

import asyncio
from typing import Any, cast

import pytest

from postroom.contracts.dns import Answer, Lookup, NoData, NoSuchName, Record, RecordType, TryAgain
from postroom.delivery.client.destination import Destination
from postroom.delivery.client.host import Host
from postroom.delivery.client.name_service import NoRoute
from postroom.delivery.client.own_addresses import OwnAddresses
from postroom.delivery.client.route import MAX_EXCHANGERS, Route, Router
from postroom.ipc.client import Client
from unit.delivery.client.field import FakeResolver, Zone, names_of, rules

DOMAIN = Destination("y.example", 25, mail_exchangers=True)


def _addresses(*texts: str) -> Answer:
    return Answer(tuple(Record(text) for text in texts), 60)


def _mx(*names: tuple[int, str]) -> Answer:
    return Answer(tuple(Record(name, preference) for preference, name in names), 60)


def _find(zone: Zone, destination: Destination = DOMAIN, **changes: Any) -> Route:
    wanted = rules(inet_protocols=("all",), **changes)
    resolver = FakeResolver(zone)
    own = OwnAddresses(wanted.inet_interfaces, wanted.proxy_interfaces)
    router = Router(wanted, names_of(wanted, resolver), own, print)
    return asyncio.run(router.find(destination))


def _shown(route: Route) -> list[str]:
    return [host.address for host in route.hosts]


ZONE: Zone = {
    ("y.example", "MX"): _mx((20, "c"), (10, "a"), (10, "b")),
    ("a", "A"): _addresses("192.0.2.1"),
    ("a", "AAAA"): _addresses("2001:db8::1"),
    ("b", "A"): _addresses("192.0.2.2"),
    ("b", "AAAA"): NoData(),
    ("c", "A"): _addresses("192.0.2.3"),
    ("c", "AAAA"): NoData(),
}


def test_preference_comes_first_and_equals_are_shuffled() -> None:
    seen = {tuple(_shown(_find(ZONE))) for _ in range(60)}
    assert {order[-1] for order in seen} == {"192.0.2.3"}
    assert len({order[0] for order in seen}) == 3


def test_the_preferred_protocol_comes_first_among_equals() -> None:
    for _ in range(10):
        assert _shown(_find(ZONE, address_preference="ipv6"))[0] == "2001:db8::1"
        assert _shown(_find(ZONE, address_preference="ipv4"))[2:] == ["2001:db8::1", "192.0.2.3"]


def test_a_domain_without_exchangers_is_its_own() -> None:
    zone: Zone = {("y.example", "MX"): NoData(), ("y.example", "A"): _addresses("192.0.2.1")}
    assert _find(zone).hosts == [Host("y.example", "192.0.2.1", 25)]


def test_without_dns_no_exchanger_is_asked_for() -> None:
    zone = {**ZONE, ("y.example", "A"): _addresses("192.0.2.9")}
    for changes in ({"disable_dns_lookups": True}, {"dns_support_level": "disabled"}):
        assert _shown(_find(zone, **changes)) == ["192.0.2.9"]


def test_an_exchanger_without_address_is_passed_over() -> None:
    zone = {key: value for key, value in ZONE.items() if key[0] != "a"}
    assert _shown(_find(zone)) == ["192.0.2.2", "192.0.2.3"]


@pytest.mark.parametrize(
    ("missing", "defer", "code"),
    [(NoData(), False, "5.4.4"), (NoData(), True, "4.4.4"), (TryAgain("x"), False, "4.4.3")],
)
def test_exchangers_without_any_address(missing: Any, defer: bool, code: str) -> None:
    zone: Zone = {("y.example", "MX"): _mx((10, "a")), ("a", "A"): missing, ("a", "AAAA"): missing}
    with pytest.raises(NoRoute) as failure:
        _find(zone, defer_if_no_mx_address_found=defer)
    assert failure.value.code == code


def test_only_exchangers_better_than_ourselves_are_tried() -> None:
    route = _find(ZONE, inet_interfaces=("192.0.2.3",))
    assert "192.0.2.3" not in _shown(route)
    assert route.ours
    with pytest.raises(NoRoute) as failure:
        _find(ZONE, proxy_interfaces=("192.0.2.2",))
    assert failure.value.code == "5.4.6"


def test_another_port_of_ours_is_another_server() -> None:
    filter_ = Destination("192.0.2.99", 10025)
    assert _shown(_find({}, filter_)) == ["192.0.2.99"]
    with pytest.raises(NoRoute):
        _find({}, Destination("192.0.2.99", 25))


def test_both_protocols_get_a_share_of_the_limit() -> None:
    sixes = [f"2001:db8::{number:x}" for number in range(1, 20)]
    zone: Zone = {
        ("y.example", "MX"): _mx((10, "a")),
        ("a", "A"): _addresses("192.0.2.1", "192.0.2.2", "192.0.2.3"),
        ("a", "AAAA"): _addresses(*sixes),
    }
    found = _shown(_find(zone, address_preference="ipv6"))
    assert len(found) == 5
    assert sum("." in address for address in found) == 2
    unbalanced = _find(zone, address_preference="ipv6", balance_inet_protocols=False)
    assert all(":" in address for address in _shown(unbalanced))


def test_hundreds_of_exchangers_cost_a_bounded_number_of_questions() -> None:
    zone: Zone = {("y.example", "MX"): _mx(*((10, f"m{number}") for number in range(500)))}
    resolver = FakeResolver(zone)
    wanted = rules()
    router = Router(wanted, names_of(wanted, resolver), OwnAddresses((), ()), print)
    with pytest.raises(NoRoute):
        asyncio.run(router.find(DOMAIN))
    assert len(resolver.asked) == MAX_EXCHANGERS + 1


def test_a_socket_is_called_as_it_is_written() -> None:
    wanted = rules(lmtp=True, queue_directory="/var/spool/postroom")
    router = Router(wanted, names_of(wanted, FakeResolver({})), OwnAddresses((), ()), print)
    (host,) = asyncio.run(router.find(Destination("", path="private/lmtp"))).hosts
    assert host.relay == "me.example[private/lmtp]"


def test_loopback_counts_as_ours_by_its_usual_addresses_only() -> None:
    own = OwnAddresses(("all",), ())
    assert "127.0.0.1" in own
    assert "::1" in own
    assert "127.0.0.9" not in own
    assert "192.0.2.77" not in own
    assert "192.0.2.77" in OwnAddresses((), ("[192.0.2.77]",))


class Listener:
    """Knows nothing, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Lookup] = []

    async def ask(self, question: Lookup) -> NoSuchName:
        self.asked.append(question)
        return NoSuchName()


@pytest.mark.parametrize(
    ("options", "default_domain", "search"),
    [((), False, False), (("res_defnames",), True, False), (("res_dnsrch",), False, True)],
)
def test_a_host_may_lack_its_domain_where_main_cf_says_so(
    options: tuple[str, ...], default_domain: bool, search: bool
) -> None:
    """smtp_dns_resolver_options; never a domain that has mail exchangers."""
    listener = Listener()
    settings = rules(dns_resolver_options=options, inet_protocols=("ipv4",), host_lookup=("dns",))
    service = names_of(settings, cast(Client, listener))
    asyncio.run(service.exchangers("mx"))
    with pytest.raises(NoRoute):
        asyncio.run(service.addresses("host"))
    assert listener.asked == [
        Lookup("mx", RecordType.MX),
        Lookup("host", RecordType.A, False, default_domain, search),
    ]


class NobodyToAsk:
    async def ask(self, question: object) -> object:
        raise AssertionError(question)


@pytest.mark.parametrize("name", ["x" * 254, "two words"])
def test_what_can_be_no_name_is_unknown_without_asking(name: str) -> None:
    """The name service would hang up, and others' questions be lost."""
    service = names_of(rules(), cast(Client, NobodyToAsk()))
    assert asyncio.run(service.exchangers(name)).records == ()
    with pytest.raises(NoRoute, match="not found"):
        asyncio.run(service.addresses(name))


@pytest.mark.parametrize(
    ("order", "asked"),
    [
        (("dns",), [False]),
        (("native",), [True]),
        (("dns", "native"), [False, True]),
    ],
)
def test_addresses_are_looked_for_where_main_cf_says(
    order: tuple[str, ...], asked: list[bool]
) -> None:
    """smtp_host_lookup: in DNS, in the machine's own files, or in one after the other."""
    natively: list[bool] = []

    class Notes(FakeResolver):
        async def ask(self, question: Any) -> Any:
            natively.append(question.native)
            return await super().ask(question)

    wanted = rules(inet_protocols=("ipv4",), host_lookup=order)
    with pytest.raises(NoRoute):
        asyncio.run(names_of(wanted, Notes({})).addresses("unknown.example"))
    assert natively == asked
