"""postroom.mail.address_list: every address of a header is found where it stands."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mail.address_list import _Reader, mailboxes, replace


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("user@example.com", ["user@example.com"]),
        ("user", ["user"]),
        ("a@one.example, b@two.example", ["a@one.example", "b@two.example"]),
        ('"Doe, John" <john@example.com>', ["john@example.com"]),
        ("John Doe <john@example.com>", ["john@example.com"]),
        ("user@example.com (John (the) Doe)", ["user@example.com"]),
        ("user (who) @ example . com", ["user@example.com"]),
        ("friends: a@b, c@d;, e@f", ["a@b", "c@d", "e@f"]),
        ("a@b; fax:c@d", ["a@b", "fax:c@d"]),
        (":include:/x", [":include:/x"]),
        ("@x:a@b", ["a@b"]),
        ("undisclosed recipients:;", []),
        ("", []),
        (" \r\n\t", []),
        ("(nobody)", []),
        ("<>", [""]),
        ("<@one,@two:user@example.com>", ["user@example.com"]),
        ('"john doe"@example.com', ["john doe@example.com"]),
        ("John Doe", ["John", "Doe"]),
        ("a@b c@d (e) f", ["a@b", "c@d", "f"]),
        ("a@[192.0.2.1] b", ["a@[192.0.2.1]", "b"]),
        ("a @ b . c d", ["a@b.c", "d"]),
        ("a@b,\r\n\tc@d", ["a@b", "c@d"]),
        ("user@[192.0.2.1]", ["user@[192.0.2.1]"]),
        ("<user@example.com", ["user@example.com"]),
        ("a@b <c@d> e", ["c@d"]),
        ("a@b> (x), <c@d>>", ["a@b", "c@d"]),
        ('"unterminated', ["unterminated"]),
    ],
)
def test_addresses_are_found_in_every_shape(text: str, addresses: list[str]) -> None:
    assert [box.address for box in mailboxes(text)] == addresses


def test_exchanging_an_address_keeps_names_comments_groups_and_folding() -> None:
    text = '"A, B" <a> (x),\r\n\tteam: b (y), c (z) @ host;, d'
    changes = [(box, f"{box.address}.new") for box in mailboxes(text)]
    assert (
        replace(text, changes) == '"A, B" <a.new> (x),\r\n\tteam: b.new (y), c@host.new (z);, d.new'
    )


def test_a_comma_that_lacks_is_put_before_what_changes() -> None:
    a, b, c = mailboxes("a b (x) c")
    assert replace("a b (x) c", [(b, "b.new"), (c, "c.new")]) == "a, b.new (x), c.new"
    assert replace("a b (x) c", [(a, "a.new")]) == "a.new b (x) c"


def test_changing_nothing_keeps_every_byte() -> None:
    text = " \tA <a@b> ,, ;x"
    assert replace(text, []) == text


@given(st.text(alphabet='ab@<>(),;:."\\[] \r\n\t', max_size=40))
def test_any_text_gives_places_in_order_within_it(text: str) -> None:
    end = 0
    for box in mailboxes(text):
        assert end <= box.start <= box.end <= len(text)
        end = box.end


@given(
    st.sampled_from(["", " ", "A", "A B ", '"A, B" ', '"', "a@b", "x ", "("]),
    st.sampled_from(["a@b", "a.b@c.d", ".@-", "a", "a@b.", "a b@c", "<a@b>", "a@@b"]),
    st.booleans(),
)
def test_the_short_way_finds_what_the_long_way_finds(name: str, address: str, angle: bool) -> None:
    text = f"{name}<{address}>" if angle else name + address
    assert mailboxes(text) == list(_Reader().read(text))


@pytest.mark.parametrize("unit", ['"', "(", "<", "\\", "@a,", '"\\', "a.", "<@", "a:", "[", "a@b,"])
def test_a_hostile_header_costs_no_more_than_its_length(unit: str) -> None:
    start = time.process_time()
    mailboxes(unit * (20_000 // len(unit)))
    assert time.process_time() - start < 1.0


def test_a_limit_never_cuts_an_address_in_two() -> None:
    assert [box.address for box in mailboxes("a@b, c@d", 5)] == ["a@b"]
