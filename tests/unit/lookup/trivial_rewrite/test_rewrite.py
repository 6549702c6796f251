"""Addresses put in form: what is completed, what is taken off, what stays."""

from collections.abc import Callable

import pytest

from postroom.contracts.rewrite import Context
from postroom.lookup.trivial_rewrite.rewrite import Rewriter

Make = Callable[..., Rewriter]


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("", ""),
        ("@", "@"),
        ("!user", "user@"),
        ("host!john doe", "host!john doe@example.com"),
        ("john doe%host", "john doe%host@example.com"),
        ("user", "user@example.com"),
        ("postmaster", "postmaster@example.com"),
        ("john doe", "john doe@example.com"),
        ("user@host", "user@host.example.com"),
        ("user@host.example.org", "user@host.example.org"),
        ("user@host.", "user@host"),
        ("user@host..", "user@host.."),
        ("user@.", "user@."),
        ("user@", "user@"),
        ("user@[192.0.2.1]", "user@[192.0.2.1]"),
        ("user@[IPv6:2001:db8::1]", "user@[IPv6:2001:db8::1]"),
        ("@a.example,@b.example:user@c.example", "user@c.example"),
        ("@a.example:user", "user@example.com"),
        ("@a.example", "@a.example"),
        ("host!user", "user@host.example.com"),
        ("a.example!b!user", "b!user@a.example"),
        ("user%host", "user@host.example.com"),
        ("user%there%here", "user%there@here.example.com"),
        ("host!user@there.example", "host!user@there.example"),
        ("user%there@here.example", "user%there@here.example"),
        ("a@b@c.example", "a@b@c.example"),
        ("GrÜn@Host.Example", "GrÜn@Host.Example"),
    ],
)
def test_local_addresses_are_completed(rewriter: Make, address: str, form: str) -> None:
    assert rewriter().rewrite(address) == form


def test_nothing_becomes_longer_than_an_address_may_be(rewriter: Make) -> None:
    """An answer that breaks the contract would end the connection for all who ask."""
    assert rewriter().rewrite("x" * 1020) == "x" * 1020
    assert rewriter().rewrite("x" * 1000) == "x" * 1000 + "@example.com"


def test_each_step_can_be_turned_off(rewriter: Make) -> None:
    assert rewriter(append_at_myorigin=False).rewrite("user") == "user"
    assert rewriter(append_dot_mydomain=False).rewrite("user@host") == "user@host"
    assert rewriter(append_dot_mydomain=False).rewrite("user") == "user@example.com"
    assert rewriter(swap_bangpath=False).rewrite("h!user") == "h!user@example.com"
    assert rewriter(allow_percent_hack=False).rewrite("user%h") == "user%h@example.com"
    assert rewriter(myorigin="").rewrite("user") == "user"


def test_remote_addresses_are_completed_with_the_domain_for_them_or_not_at_all(
    rewriter: Make,
) -> None:
    assert rewriter().rewrite("user", Context.REMOTE) == "user"
    assert rewriter().rewrite("user@host", Context.REMOTE) == "user@host"
    remote = rewriter(remote_header_rewrite_domain="invalid.example")
    assert remote.rewrite("user", Context.REMOTE) == "user@invalid.example"
    assert remote.rewrite("user@host", Context.REMOTE) == "user@host.invalid.example"
