"""A transport table may send some addresses of this machine elsewhere, also those in lists."""

import pytest

from postroom.delivery.impersonation.tasks import Result
from unit.delivery.local.household import Recorder, Routes, expand

AWAY = {"bob@here.test": "lmtp"}
TEAM = {"team": "alice, bob"}
TABLE = ("hash:/transport",)


@pytest.mark.parametrize(
    "configured",
    [
        {"transport_maps": TABLE},
        {"relocated_maps": TABLE},
        {"local_transport": "lmtp:unix:/run/lmtp"},
    ],
)
def test_a_member_of_a_list_goes_the_way_that_a_table_has_for_him(
    configured: dict[str, object],
) -> None:
    calls, result = expand("team@here.test", TEAM, routes=Routes(AWAY), **configured)
    assert calls == ["mailbox alice from s@x.test", "forward bob@here.test from s@x.test"]
    assert result.code == "2.0.0"


def test_so_does_who_a_forward_file_names() -> None:
    mailman = Recorder(alice="bob")
    calls, _ = expand("alice@here.test", {}, mailman, routes=Routes(AWAY), transport_maps=TABLE)
    assert calls == ["forward bob@here.test from s@x.test"]


def test_nobody_is_asked_about_whom_the_queue_manager_has_asked_already() -> None:
    routes = Routes({"alice@here.test": "lmtp"})
    calls, _ = expand("alice@here.test", {}, routes=routes, transport_maps=TABLE)
    assert calls == ["mailbox alice from s@x.test"]
    assert routes.asked == []


def test_without_a_table_nobody_is_asked() -> None:
    routes = Routes(AWAY)
    assert expand("team@here.test", TEAM, routes=routes)[0] == [
        "mailbox alice from s@x.test",
        "mailbox bob from s@x.test",
    ]
    assert routes.asked == []


def test_while_nobody_can_tell_the_mail_waits() -> None:
    routes = Routes({}, failure="table /transport is unavailable")
    calls, result = expand("team@here.test", TEAM, routes=routes, transport_maps=TABLE)
    assert calls == ["warn address resolver failure: table /transport is unavailable"]
    assert result == Result("4.3.0", "address resolver failure")
