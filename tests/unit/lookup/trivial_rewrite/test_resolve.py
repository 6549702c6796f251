"""Where addresses go: trivial-rewrite(8), transport(5) and ADDRESS_CLASS_README by example.

The expectations were compared with the answers of Postfix 3.7's own trivial-rewrite.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from postroom.contracts.rewrite import AddressClass, Route
from postroom.lookup.trivial_rewrite.resolve import Resolver
from postroom.tables import TableError

Make = Callable[..., Resolver]
LOCAL = AddressClass.LOCAL
DEFAULT = AddressClass.DEFAULT
SENDER = "sender@example.com"


def resolve(resolver: Resolver, address: str, sender: str = SENDER) -> Route:
    return asyncio.run(resolver.resolve(sender, address))


def to(resolver: Resolver, address: str, sender: str = SENDER) -> tuple[str, str]:
    route = resolve(resolver, address, sender)
    return route.transport, route.nexthop


def test_what_comes_back_to_the_sender_of_double_bounces_is_dropped(resolver: Make) -> None:
    route = resolve(resolver(double_bounce_sender="Nobody"), "nobody@localhost", "")
    assert route.transport == "discard"
    assert route.nexthop == "undeliverable postmaster notification discarded"
    assert route.address_class is LOCAL
    assert to(resolver(double_bounce_sender="nobody"), "nobody@else.example")[0] == "smtp"


@pytest.mark.parametrize(
    ("address", "route"),
    [
        (
            "user@mail.example.com",
            ("local", "mail.example.com", "user@mail.example.com", "local"),
        ),
        ("user", ("local", "mail.example.com", "user@mail.example.com", "local")),
        ("user@LOCALHOST.", ("local", "mail.example.com", "user@LOCALHOST", "local")),
        ("user@[192.0.2.1]", ("local", "mail.example.com", "user@[192.0.2.1]", "local")),
        (
            "user@[IPv6:2001:DB8:0::1]",
            ("local", "mail.example.com", "user@[IPv6:2001:DB8:0::1]", "local"),
        ),
        ("user@[198.51.100.1]", ("local", "mail.example.com", "user@[198.51.100.1]", "local")),
        (
            "user@Alias.example",
            (
                "error",
                "5.1.1 User unknown in virtual alias table",
                "user@Alias.example",
                "virtual-alias",
            ),
        ),
        (
            "user@MAILBOX.example",
            ("virtual", "mailbox.example", "user@MAILBOX.example", "virtual-mailbox"),
        ),
        ("u@sub.relay.example", ("relay", "sub.relay.example", "u@sub.relay.example", "relay")),
        ("u@Else.Example", ("smtp", "else.example", "u@Else.Example", "default")),
        ("u@[203.0.113.9]", ("smtp", "[203.0.113.9]", "u@[203.0.113.9]", "default")),
        ("", ("local", "mail.example.com", "MAILER-DAEMON@mail.example.com", "local")),
        ("@localhost", ("local", "mail.example.com", "MAILER-DAEMON@localhost", "local")),
    ],
)
def test_every_class_has_its_transport(
    resolver: Make, address: str, route: tuple[str, str, str, str]
) -> None:
    transport, nexthop, recipient, address_class = route
    assert resolve(resolver(), address) == Route(
        transport, nexthop, recipient, AddressClass(address_class)
    )


@pytest.mark.parametrize(
    "address",
    [
        "user@",
        "user@.",
        "user@a..b",
        "user@192.0.2.1",
        "user@[192.0.2.999]",
        "user@[2001:db8::1]",
        "user@-a.example",
        "user@x y.example",
    ],
)
def test_a_domain_that_is_none_is_a_permanent_error(resolver: Make, address: str) -> None:
    assert to(resolver(), address) == ("error", "5.1.3 bad address syntax")


@pytest.mark.parametrize(
    ("address", "recipient"),
    [
        ("user%there.example@localhost", "user@there.example"),
        ("there.example!user@localhost", "user@there.example"),
        ("user@there.example@localhost", "user@there.example"),
        ("user%localhost@mail.example.com", "user@localhost.example.com"),
        ("a%b.example%localhost@localhost", "a@b.example"),
        ("user%there.example@other.example", "user%there.example@other.example"),
        ("@localhost:user@there.example", "@localhost:user@there.example"),
    ],
)
def test_routes_are_followed_through_us_and_through_nobody_else(
    resolver: Make, address: str, recipient: str
) -> None:
    assert resolve(resolver(), address).recipient == recipient


def test_routes_in_quotes_are_not_followed_where_quotes_count(resolver: Make) -> None:
    quoted = resolver(resolve_dequoted_address=False)
    route = resolve(quoted, "a@b.example@localhost")
    assert (route.recipient, route.address_class) == ("a@b.example@localhost", LOCAL)
    assert resolve(quoted, "a%b.example@localhost").recipient == "a@b.example"


def test_a_path_of_thousands_of_hosts_ends(resolver: Make) -> None:
    for address in ("localhost!" * 2000 + "user", "user" + "@localhost" * 2000, "%" * 3000):
        assert resolve(resolver(), address).transport in ("local", "error")


def test_empty_and_numeric_domains_can_be_allowed(resolver: Make) -> None:
    assert resolve(resolver(resolve_null_domain=True), "user@").address_class is LOCAL
    numeric = resolve(resolver(resolve_numeric_domain=True), "user@203.0.113.9")
    assert (numeric.nexthop, numeric.recipient) == ("[203.0.113.9]", "user@[203.0.113.9]")


def test_the_relayhost_takes_what_is_not_ours(resolver: Make) -> None:
    relayed = resolver(relayhost="[gw.example]:587")
    assert to(relayed, "u@else.example") == ("smtp", "[gw.example]:587")
    assert to(relayed, "u@relay.example") == ("relay", "[gw.example]:587")
    assert to(relayed, "u@mailbox.example") == ("virtual", "mailbox.example")
    assert to(relayed, "u@localhost") == ("local", "mail.example.com")


def test_a_nexthop_in_a_transport_parameter_wins(resolver: Make) -> None:
    changed = resolver(default_transport="smtp:gw.example", virtual_transport="lmtp:unix:/run/l")
    assert to(changed, "u@else.example") == ("smtp", "gw.example")
    assert to(changed, "u@mailbox.example") == ("lmtp", "unix:/run/l")
    errors = resolver(default_transport="error:5.7.1 no outside mail")
    assert to(errors, "u@else.example") == ("error", "5.7.1 no outside mail")


TRANSPORT = (
    "inline:{ user+ext@else.example=one:, user@else.example=two:[h2], else.example=three:h3:26,"
    ".else.example=four:, mail.example.com=five:, noop.example=:, hop.example=:nexthop,"
    "err.example=error:, {err2.example=error:5.7.1 not here}, retry.example=retry:,"
    "bare.example=six, alias.example=seven:, {tab.example=error:5.7.1\tnot\there} }"
)


@pytest.mark.parametrize(
    ("address", "hop"),
    [
        ("user+ext@Else.example", ("one", "Else.example")),
        ("USER+other@else.example", ("two", "[h2]")),
        ("other@else.example", ("three", "h3:26")),
        ("u@a.b.else.example", ("four", "a.b.else.example")),
        ("u@mail.example.com", ("five", "mail.example.com")),
        ("u@noop.example", ("smtp", "noop.example")),
        ("u@hop.example", ("smtp", "nexthop")),
        ("u@err.example", ("error", "Address is undeliverable")),
        ("u@err2.example", ("error", "5.7.1 not here")),
        ("u@tab.example", ("error", "5.7.1 not here")),
        ("u@retry.example", ("retry", "Address is undeliverable")),
        ("u@bare.example", ("six", "bare.example")),
        ("u@alias.example", ("error", "5.1.1 User unknown in virtual alias table")),
        ("u@unlisted.example", ("smtp", "unlisted.example")),
    ],
)
def test_transport_maps_override_by_the_most_specific_key(
    resolver: Make, address: str, hop: tuple[str, str]
) -> None:
    assert to(resolver(transport_maps=(TRANSPORT,)), address) == hop


def test_transport_maps_know_a_wildcard_and_parents_by_name(resolver: Make) -> None:
    star = resolver(transport_maps=("inline:{*=all:}",))
    assert to(star, "u@x.example") == ("all", "x.example")
    assert to(star, "u@localhost") == ("all", "localhost")
    parents = resolver(
        transport_maps=("inline:{example=p:}",),
        parent_domain_matches_subdomains=("transport_maps",),
    )
    assert to(parents, "u@a.b.example") == ("p", "a.b.example")


def test_patterns_in_transport_maps_see_whole_addresses_only(resolver: Make) -> None:
    table = "regexp:{{/^u@x\\.example$/ whole:}, {/^x\\.example$/ domain:}, {/^\\*$/ star:}}"
    assert to(resolver(transport_maps=(table,)), "u@x.example") == ("whole", "x.example")
    assert to(resolver(transport_maps=(table,)), "v@x.example") == ("smtp", "x.example")


def test_keys_are_quoted_and_then_plain(resolver: Make) -> None:
    quoted = 'inline:{{"john doe"@x.example = quoted:}}'
    plain = "regexp:{{/^john doe@x.example$/ plain:}}"
    assert to(resolver(transport_maps=(quoted, plain)), "john doe@x.example")[0] == "quoted"
    assert to(resolver(transport_maps=(plain,)), "john doe@x.example")[0] == "plain"


def test_the_sender_can_choose_relayhost_and_transport(resolver: Make) -> None:
    by_sender = resolver(
        relayhost="gw.example",
        sender_dependent_relayhost_maps=(
            "inline:{a@s.example=[ha], @s.example=[hs], d@s.example=DUNNO, <>=[hn]}",
        ),
        sender_dependent_default_transport_maps=("inline:{a@s.example=slow, b@s.example=x:y}",),
    )
    there = "u@else.example"
    assert to(by_sender, there, "a+ext@s.example") == ("slow", "[ha]")
    assert to(by_sender, there, "b@s.example") == ("x", "y")
    assert to(by_sender, there, "c@s.example") == ("smtp", "[hs]")
    assert to(by_sender, there, "d@s.example") == ("smtp", "gw.example")
    assert to(by_sender, there, "other@t.example") == ("smtp", "gw.example")
    assert to(by_sender, there, "") == ("smtp", "[hn]")
    assert to(by_sender, "u@relay.example", "a@s.example") == ("relay", "[ha]")
    assert to(by_sender, "u@mailbox.example", "a@s.example") == ("virtual", "mailbox.example")


@pytest.mark.parametrize(
    "parameter",
    ["sender_dependent_relayhost_maps", "sender_dependent_default_transport_maps"],
)
def test_nothing_is_concluded_from_an_empty_answer(resolver: Make, parameter: str) -> None:
    empty = resolver(**{parameter: ("inline:{a@s.example=}",)})
    with pytest.raises(TableError, match="returns an empty string result"):
        resolve(empty, "u@else.example", "a@s.example")


def test_a_part_of_an_address_becomes_no_transport(resolver: Make) -> None:
    """Else whoever writes an address would choose the service or the host."""
    table = "regexp:{{/^(.*)@else.example/ $1:}, {/@else.example/ safe:}}"
    assert to(resolver(transport_maps=(table,)), "pipe@else.example") == ("safe", "else.example")


@pytest.mark.parametrize("address", ["-f@localhost", "-f@else.example", "-"])
def test_an_address_that_might_be_taken_for_an_option_is_bad_syntax(
    resolver: Make, address: str
) -> None:
    assert to(resolver(), address) == ("error", "5.1.3 bad address syntax")
    assert to(resolver(allow_min_user=True), address)[0] != "error"


def test_a_table_may_say_all_of_a_move_itself(resolver: Make) -> None:
    moved = resolver(
        relocated_maps=("inline:{{u@localhost = 5.1.6 gone for good}}",),
        relocated_prefix_enable=False,
    )
    assert to(moved, "u@localhost") == ("error", "5.1.6 gone for good")


def test_whoever_moved_is_told_about_in_every_class(resolver: Make) -> None:
    moved = resolver(
        relocated_maps=("inline:{u@localhost=there, {@alias.example = nowhere}, bare=away}",)
    )
    assert to(moved, "u@localhost") == ("error", "5.1.6 User has moved to there")
    assert to(moved, "bare+ext@localhost") == ("error", "5.1.6 User has moved to away")
    assert to(moved, "bare@else.example") == ("smtp", "else.example")
    assert to(moved, "x@alias.example") == ("error", "5.1.6 User has moved to nowhere")


@pytest.mark.parametrize(
    "parameter",
    [
        "mydestination",
        "virtual_alias_domains",
        "virtual_mailbox_domains",
        "relay_domains",
        "transport_maps",
        "sender_dependent_relayhost_maps",
        "sender_dependent_default_transport_maps",
        "relocated_maps",
    ],
)
@pytest.mark.parametrize("table", ["hash:/no/such/table", "nosuchtype:x"])
def test_a_table_that_cannot_be_read_lets_nothing_be_concluded(
    resolver: Make, parameter: str, table: str
) -> None:
    with pytest.raises(TableError):
        resolve(resolver(**{parameter: (table,)}), "u@else.example")


def test_a_domain_in_two_lists_is_told_once(resolver: Make, journal: Any) -> None:
    twice = resolver(virtual_alias_domains=("localhost", "x.example"), relay_domains=("x.example",))
    for _ in range(2):
        assert to(twice, "u@localhost") == ("local", "mail.example.com")
        resolve(twice, "u@x.example")
    assert journal.lines == [
        "warning: do not list domain localhost in BOTH mydestination and virtual_alias_domains",
        "warning: do not list domain x.example in BOTH virtual_alias_domains and relay_domains",
    ]


def test_a_recipient_that_is_too_long_with_our_domain_is_bad_syntax(resolver: Make) -> None:
    assert to(resolver(), "x" * 1020) == ("error", "5.1.3 bad address syntax")
