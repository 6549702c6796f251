"""postroom.mail.address: what the wire brings is an address or is refused, in linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mail.address import (
    AddressError,
    Extensions,
    is_domain,
    parse_path,
    quote_address,
    quote_local,
    split_address,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", ""),
        ("user@example.com", "user@example.com"),
        ("postmaster", "postmaster"),
        ("user@[192.0.2.1]", "user@[192.0.2.1]"),
        ("user@[IPv6:2001:db8::1]", "user@[IPv6:2001:db8::1]"),
        ("@one.example,@two.example:user@example.com", "user@example.com"),
        ("@one.example:user@example.com", "user@example.com"),
        ('"john doe"@example.com', "john doe@example.com"),
        ('"john"."doe"@example.com', "john.doe@example.com"),
        (r'"a\"b\\c"@example.com', 'a"b\\c@example.com'),
        ('"user@other"@example.com', "user@other@example.com"),
        ("user@other@example.com", "user@other@example.com"),
        ("fax:user@example.com", "fax:user@example.com"),
        ("user@example.com.", "user@example.com"),
        ("user%other@example.com", "user%other@example.com"),
        ("host!user@example.com", "host!user@example.com"),
        ("a..b@example.com", "a..b@example.com"),
        ("-option@example.com", "-option@example.com"),
        ("user@under_score.example", "user@under_score.example"),
    ],
)
def test_a_path_is_brought_into_the_internal_form(text: str, address: str) -> None:
    assert parse_path(text, smtputf8=False) == address


@pytest.mark.parametrize(
    "text",
    [
        "@example.com",
        "user@",
        "user@@example.com",
        "user@a..b",
        "user@.example.com",
        "user@-example.com",
        "user@example-.com",
        "user@[192.0.2.1",
        "user@[]",
        "a b@example.com",
        "user@exam ple.com",
        "(comment)user@example.com",
        "<user@example.com>",
        "user@example.com>",
        '"unterminated@example.com',
        'user"quoted@example.com',
        "user\\@example.com",
        "user@ex/ample.com",
        "user@" + "a" * 64 + ".com",
        "user@" + "a." * 130 + "com",
        "a" * 1025,
        "user\0@example.com",
        "user\r\n@example.com",
        '"user\n"@example.com',
        "a@b,c@d",
        "@a@example.com",
        "a@b@",
        'a@"b@c"',
        'a@b@"c"',
        "a@b:c@example.com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_path(text, smtputf8=False)


def test_non_ascii_is_allowed_with_smtputf8_only() -> None:
    assert parse_path("jürgen@bücher.example", smtputf8=True) == "jürgen@bücher.example"
    with pytest.raises(AddressError):
        parse_path("jürgen@bücher.example", smtputf8=False)


def test_broken_utf8_never_becomes_an_address() -> None:
    with pytest.raises(AddressError):
        parse_path(b"j\xfcrgen@example.com".decode("utf-8", "surrogateescape"), smtputf8=True)


@given(st.text(max_size=60), st.booleans())
def test_an_address_survives_being_written_and_read_again(text: str, smtputf8: bool) -> None:
    try:
        address = parse_path(text, smtputf8)
    except AddressError:
        return
    assert parse_path(quote_address(address), smtputf8) == address


@given(st.text(alphabet='ab.\\"@ ()<>,;:+', min_size=1, max_size=12))
def test_any_local_part_survives_quoting(local: str) -> None:
    assert parse_path(f"{quote_local(local)}@example.com", smtputf8=False) == f"{local}@example.com"


@pytest.mark.parametrize(
    "text", ['"' * 1024, '"\\' * 512, "@a," * 340, "a." * 512, "a-" * 512, "a@" * 512]
)
def test_a_hostile_path_costs_no_more_than_its_length(text: str) -> None:
    start = time.process_time()
    for _ in range(10):
        with pytest.raises(AddressError):
            parse_path(text + "\\", smtputf8=False)
    assert time.process_time() - start < 0.1


def test_the_last_at_sign_ends_the_local_part() -> None:
    assert split_address("a@b@c") == ("a@b", "c")
    assert split_address("user") == ("user", "")
    assert split_address("") == ("", "")


@pytest.mark.parametrize(
    ("local", "delimiters", "parts"),
    [
        ("user+list", "+", ("user", "+list")),
        ("user+a+b", "+", ("user", "+a+b")),
        ("user-a+b", "+-", ("user", "-a+b")),
        ("user", "+", ("user", "")),
        ("user+", "+", ("user", "+")),
        ("+list", "+", ("+list", "")),
        ("user+list", "", ("user+list", "")),
        ("Mailer-Daemon", "-", ("Mailer-Daemon", "")),
        ("double-bounce", "-", ("double-bounce", "")),
        ("Owner-list", "-", ("Owner-list", "")),
        ("a-list-request", "+-", ("a-list-request", "")),
        ("owner-list+x", "+", ("owner-list", "+x")),
        ("-request", "-", ("-request", "")),
    ],
)
def test_an_extension_begins_at_the_first_delimiter(
    local: str, delimiters: str, parts: tuple[str, str]
) -> None:
    assert Extensions(delimiters).split(local) == parts


def test_names_of_lists_have_an_extension_where_they_are_not_special() -> None:
    plain = Extensions("-", lists=False)
    assert plain.split("owner-list") == ("owner", "-list")
    assert plain.split("list-request") == ("list", "-request")
    assert plain.split("mailer-daemon") == ("mailer-daemon", "")


def test_a_domain_is_labels_of_letters_digits_and_inner_hyphens() -> None:
    assert is_domain("a-b.example")
    assert not is_domain("")
    assert not is_domain("a..b")
    assert not is_domain("a" * 256)


def test_only_what_needs_quotes_gets_them() -> None:
    assert quote_address("jürgen.x@bücher.example") == "jürgen.x@bücher.example"
    assert quote_address("a..b@example.com") == '"a..b"@example.com'
    assert quote_address("a b") == '"a b"'
    assert quote_address("") == ""
