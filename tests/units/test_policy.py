"""Who may do what: the table of the design, held against every rendered unit."""

from pathlib import Path
from typing import NamedTuple

import pytest

from postroom_generator.resolvers import resolvers
from units.rendered import UnitFile, parse

DYNAMIC = "dynamic"


class Powers(NamedTuple):
    """Of one program; anything not named here it must not have."""

    user: str = DYNAMIC
    groups: frozenset[str] = frozenset()
    network: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()
    state: str = ""
    writes: str = ""
    sees_callers: bool = False


INTERNET = frozenset(("AF_INET", "AF_INET6"))
BECOMES_USERS = frozenset(("CAP_SETUID", "CAP_SETGID"))


def groups(*names: str) -> frozenset[str]:
    return frozenset(f"postroom-{name}" for name in names)


POLICY = {
    "smtpd": Powers(groups=groups("cleanup", "lookup")),
    "postdrop": Powers(user="postroom-drop", state="postroom-drop", sees_callers=True),
    "pickup": Powers(
        user="postroom-drop", groups=groups("cleanup"), state="postroom-drop", sees_callers=True
    ),
    "cleanup": Powers(groups=groups("queue", "lookup")),
    "milter": Powers(network=INTERNET),
    "qmgr": Powers(user="postroom", groups=groups("lookup"), state="postroom", sees_callers=True),
    "bounce": Powers(groups=groups("cleanup")),
    "trivial-rewrite": Powers(groups=groups("lookup")),
    "policy-client": Powers(groups=groups("lookup"), network=INTERNET),
    "proxymap": Powers(),
    "verify": Powers(groups=groups("cleanup"), state="postroom-verify"),
    "dns": Powers(network=INTERNET),
    "smtp": Powers(groups=groups("lookup"), network=INTERNET),
    "lmtp": Powers(groups=groups("lookup"), network=INTERNET),
    "local": Powers(
        user="postroom-local",
        groups=groups("cleanup", "lookup") | {"mail"},
        capabilities=BECOMES_USERS,
        state="postroom-local",
        writes="the system but /usr and /etc",
        sees_callers=True,
    ),
    "virtual": Powers(
        user="postroom-local",
        groups=groups("lookup"),
        capabilities=BECOMES_USERS,
        writes="/var/mail -/var/vmail -/home -/srv",
        sees_callers=True,
    ),
    "pipe": Powers(
        user="daemon",
        network=INTERNET,
        writes="the system but /usr and /etc",
    ),
    "spawn": Powers(
        user="daemon",
        network=INTERNET,
        writes="the system but /usr and /etc",
    ),
    "error": Powers(),
    "discard": Powers(),
    "qmgr-retry": Powers(user="postroom"),
    "pickup-retry": Powers(user="postroom-drop"),
    "config-error": Powers(),
}
_ASKS_DOVECOT = r"postroom-smtpd@\x5b::1\x5d:2525.service"
# What a configuration may take away, or give.
ODD = {
    "postroom-smtp@slow.service": POLICY["smtp"]._replace(network=frozenset(("AF_INET",))),
    _ASKS_DOVECOT: POLICY["smtpd"]._replace(network=INTERNET),
    "postroom-proxymap.service": POLICY["proxymap"]._replace(network=INTERNET),
    "postroom-pickup.service": POLICY["pickup"]._replace(groups=groups("cleanup", "lookup")),
    "postroom-postdrop.service": Powers(
        groups=groups("drop", "lookup"),
        writes="-/var/lib/postroom-drop/maildrop",
        sees_callers=True,
    ),
    "postroom-pipe@away.service": POLICY["pipe"]._replace(user=DYNAMIC),
    "postroom-pipe@jailed.service": POLICY["pipe"]._replace(
        capabilities=frozenset(("CAP_SYS_CHROOT",))
    ),
    "postroom-virtual.service": POLICY["virtual"]._replace(
        user="1", capabilities=frozenset(), writes="-/srv/mail"
    ),
}


def _services(units: Path) -> list[UnitFile]:
    return [parse(path) for path in sorted(units.glob("*.service"))]


def _program(unit: UnitFile) -> str:
    return unit.name.removeprefix("postroom-").removesuffix(".service").partition("@")[0]


def _powers(unit: UnitFile) -> Powers:
    dynamic = unit.last("DynamicUser") == "yes"
    fixed_group = unit.words("Group") if dynamic else set()
    return Powers(
        user=DYNAMIC if dynamic else unit.last("User"),
        groups=frozenset(unit.words("SupplementaryGroups") | fixed_group),
        network=frozenset(unit.words("RestrictAddressFamilies") - {"AF_UNIX"}),
        capabilities=frozenset(unit.words("CapabilityBoundingSet")),
        state=unit.last("StateDirectory"),
        writes=_writes(unit),
        sees_callers=unit.last("PrivateUsers") != "yes",
    )


def _writes(unit: UnitFile) -> str:
    if unit.last("ProtectSystem") != "strict":
        return "the system but /usr and /etc"
    return unit.last("ReadWritePaths")


def _expected(units: Path, unit: UnitFile) -> Powers:
    if units.name.startswith("odd") and unit.name in ODD:
        return ODD[unit.name]
    return POLICY[_program(unit)]


def test_every_service_has_the_powers_of_the_policy_and_no_more(units: Path) -> None:
    services = _services(units)
    assert {unit.name: _powers(unit) for unit in services} == {
        unit.name: _expected(units, unit) for unit in services
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("ProtectKernelTunables", "yes"),
        ("RestrictNamespaces", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("UMask", "0077"),
        ("Slice", "postroom.slice"),
    ],
)
def test_nothing_gives_the_rest_of_the_sandbox_back(units: Path, key: str, value: str) -> None:
    assert {unit.name: unit.settings.get(key) for unit in _services(units)} == {
        unit.name: [value] for unit in _services(units)
    }


def test_no_service_has_both_a_capability_on_the_machine_and_the_network(units: Path) -> None:
    """In a user namespace of its own, a service's capabilities are for what belongs to it."""
    powers = [one for one in map(_powers, _services(units)) if one.sees_callers]
    assert not any(one.capabilities and one.network for one in powers)


def test_services_without_a_network_are_in_an_empty_one(units: Path) -> None:
    for unit in _services(units):
        if not _powers(unit).network:
            assert unit.last("PrivateNetwork") == "yes", unit.name
            assert unit.last("IPAddressDeny") == "any", unit.name


def test_who_asks_servers_of_the_admin_reaches_nobody_else(units: Path) -> None:
    for unit in _services(units):
        if _program(unit) in ("milter", "policy-client"):
            reached = unit.last("IPAddressDeny"), unit.last("IPAddressAllow")
            assert reached == ("any", "192.0.2.7")


def test_smtpd_has_no_network_but_for_the_server_that_knows_passwords(units: Path) -> None:
    for unit in _services(units):
        if _program(unit) == "smtpd":
            asks = unit.name == _ASKS_DOVECOT
            assert unit.last("PrivateNetwork") == ("" if asks else "yes")
            assert unit.last("IPAddressDeny") == "any"
            assert unit.last("IPAddressAllow") == ("192.0.2.9" if asks else "")


def test_a_command_reaches_no_other_machine_but_for_names(units: Path) -> None:
    reach = {"pipe": {"localhost"}, "spawn": {"localhost", *resolvers()}}
    for unit in _services(units):
        if _program(unit) in reach:
            assert unit.last("IPAddressDeny") == "any"
            assert unit.words("IPAddressAllow") == reach[_program(unit)]


def test_services_that_face_the_network_see_no_files_of_the_machine(units: Path) -> None:
    for unit in _services(units):
        if _program(unit) in ("smtpd", "smtp", "lmtp", "dns"):
            assert unit.last("RootDirectory") == "/run/postroom-root", unit.name


def test_a_file_that_is_missing_keeps_no_service_from_starting(units: Path) -> None:
    """LoadCredential= fails then, unless SetCredential= has a value, which an empty one is not."""
    for unit in _services(units):
        given = dict(one.split(":", 1) for one in unit.settings.get("SetCredential", ()))
        loaded = {one.partition(":")[0] for one in unit.settings.get("LoadCredential", ())}
        assert loaded <= given.keys(), unit.name
        assert all(given.values()), unit.name


# Template of a socket: mode, user, group.
SOCKETS = {
    "postdrop": ("0666", "", ""),
    "pickup": ("0660", "postroom-drop", "postroom-drop"),
    "cleanup": ("0660", "", "postroom-cleanup"),
    "qmgr": ("0660", "", "postroom-queue"),
    "showq": ("0666", "", ""),
    "submitted": ("0666", "", ""),
    "queue-admin": ("0600", "", ""),
    "delivery": ("0660", "postroom", "postroom-local"),
    "bounce": ("0600", "postroom", ""),
    "rewrite": ("0660", "", "postroom-lookup"),
    "proxymap": ("0660", "", "postroom-lookup"),
    "milter": ("0660", "", "postroom-lookup"),
    "policy-client": ("0660", "", "postroom-lookup"),
    "dns": ("0660", "", "postroom-lookup"),
    "verify": ("0660", "", "postroom-lookup"),
    "probed": ("0600", "postroom", ""),
    "spawn": ("0660", "", "postroom-lookup"),
}


def test_every_socket_opens_to_those_who_may_call_and_nobody_else(units: Path) -> None:
    for path in sorted(units.glob("*.socket")):
        unit = parse(path)
        contract = unit.last("FileDescriptorName")
        if contract != "smtpd":
            access = (unit.last("SocketMode"), unit.last("SocketUser"), unit.last("SocketGroup"))
            assert access == SOCKETS[contract], unit.name


def test_activation_never_gives_up(units: Path) -> None:
    """systemd's default limits would close a socket whose service starts often (or crashes)."""
    for path in (*units.glob("*.socket"), *units.glob("*.service")):
        assert parse(path).last("StartLimitIntervalSec") == "0", path.name
    for path in units.glob("*.socket"):
        assert parse(path).last("TriggerLimitIntervalSec") == "0", path.name


def test_only_submission_outlives_the_target(units: Path) -> None:
    outlive = [
        path.name
        for path in (*units.glob("*.socket"), *units.glob("*.service"), *units.glob("*.timer"))
        if parse(path).last("PartOf") != "postroom.target"
    ]
    assert sorted(outlive) == [
        "postroom-config-error.service",
        "postroom-postdrop.service",
        "postroom-postdrop.socket",
    ]
