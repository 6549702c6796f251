"""Every parameter of Postfix is declared, and says truly whether it acts."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import postroom
from postroom.config import kinds
from postroom.config.parameter import Acts, Legacy, Obsolete, Parameter, Refused
from postroom.config.parameters import FAMILIES, PARAMETERS, declaration, transport_of
from postroom.config.references import names_in
from postroom.config.settings import told

SERVICES = Path(postroom.__file__).parent
GENERATOR = SERVICES.parents[1] / "generators"

OF_ITS_TRANSPORT = frozenset(("destination_concurrency_limit", "time_limit"))
"""Fields of an agent's Settings: the parameters ``<transport>_…`` of its own service."""

FACTS = OF_ITS_TRANSPORT | frozenset(
    (
        "service_name",
        "process_limit",
        "verbose",
        "arguments",
        "transports",
        "tables",
        "templates",
        "template_problems",
        "restriction_classes",
        "sni_chains",
        "filter_sets",
        "policy_servers",
        "screens",
    )
)
"""Fields of Settings that are no parameters: the generator knows them."""

READ_BY_CONFIG = frozenset(
    (
        *("bounce_template_file", "config_directory", "mynetworks_style"),
        *("smtpd_restriction_classes", "smtpd_sasl_type", "tls_server_sni_maps"),
    )
)
"""Parameters that decide what others are."""

VALUES_OF: dict[type[kinds.Kind], tuple[object, ...]] = {
    kinds.YesNo: (bool,),
    kinds.Time: (float,),
    kinds.Number: (int,),
    kinds.Words: (tuple[str, ...],),
    kinds.Ports: (tuple[str, ...],),
    kinds.Templates: (tuple[str, ...],),
    kinds.Cache: (tuple[str, ...],),
    kinds.Tables: (tuple[str, ...],),
    kinds.Patterns: (tuple[str, ...],),
    kinds.Restrictions: (tuple[str, ...],),
}


def settings_modules() -> list[str]:
    return [
        ".".join(("postroom", *path.relative_to(SERVICES).with_suffix("").parts))
        for path in sorted(SERVICES.rglob("settings.py"))
        if path.parent.name != "config"
    ]


def fields(module: str) -> dict[str, object]:
    kind = import_module(module).Settings
    return {field.encode_name: field.type for field in told(kind)}


@cache
def read_elsewhere() -> frozenset[str]:
    """Parameter names in the code of commands and the generator, and in qmgr's transports."""
    constants: set[str] = set()
    for path in (*GENERATOR.rglob("*.py"), *SERVICES.glob("commands/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
    return frozenset(constants)


@cache
def read_by_services() -> frozenset[str]:
    names: set[str] = set()
    for module in settings_modules():
        own = fields(module).keys()
        names |= own | {f"transport_{name}" for name in own & OF_ITS_TRANSPORT}
        transport = getattr(import_module(module), "Transport", None)
        if transport is not None:
            names |= {f"transport_{name}" for name in transport.__struct_fields__}
    return frozenset(names)


def test_every_name_of_postfix_is_declared() -> None:
    names = Path(__file__).with_name("postfix_names.txt").read_text().split()
    assert len(names) == 958
    assert [name for name in names if name not in PARAMETERS] == []


def test_no_name_is_declared_twice() -> None:
    declared = [one.name for family in FAMILIES for one in family.PARAMETERS]
    assert len(declared) == len(set(declared)) == len(PARAMETERS)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_a_family_is_in_alphabetical_order(family: object) -> None:
    names = [one.name for one in family.PARAMETERS]  # type: ignore[attr-defined]
    assert names == sorted(names)


def test_every_status_says_something() -> None:
    silent = [
        one.name
        for one in PARAMETERS.values()
        if not one.status[0] or (not isinstance(one.status, Legacy) and one.status[0][-1] != ".")
    ]
    assert silent == []


def test_old_names_lead_to_parameters() -> None:
    old = [one.status.successor for one in PARAMETERS.values() if isinstance(one.status, Legacy)]
    assert [name for name in old if name not in PARAMETERS] == []


def test_old_names_are_read_through_the_defaults_of_their_successors() -> None:
    for one in PARAMETERS.values():
        if isinstance(one.status, Legacy):
            assert one.name in PARAMETERS[one.status.successor].default


@pytest.mark.parametrize("module", settings_modules())
def test_every_setting_is_a_declared_parameter_that_acts(module: str) -> None:
    names = fields(module).keys() - FACTS
    assert [name for name in names if not _acts(declaration(name))] == []


@pytest.mark.parametrize("module", settings_modules())
def test_a_setting_has_the_type_of_its_parameter(module: str) -> None:
    wrong = []
    for name, kind in fields(module).items():
        parameter = declaration(name)
        if name in FACTS or kind is str or parameter is None:
            continue
        if kind not in VALUES_OF.get(type(parameter.kind), ()) and kind not in get_args(kind):
            wrong.append(name)
    assert wrong == []


def test_what_acts_is_read_by_somebody() -> None:
    read = set(read_by_services() | read_elsewhere() | READ_BY_CONFIG)
    read |= {name for name in PARAMETERS if _of_a_transport_that_is_read(name)}
    for name in read & PARAMETERS.keys():
        read |= names_in(PARAMETERS[name].default)
    assert [one.name for one in PARAMETERS.values() if one.acts and one.name not in read] == []


def test_what_must_not_be_set_is_not_read() -> None:
    refused = {one.name for one in PARAMETERS.values() if isinstance(one.status, Refused)}
    assert refused & read_by_services() == frozenset()


def test_what_postfix_no_longer_reads_does_not_act() -> None:
    obsolete = {one.name for one in PARAMETERS.values() if isinstance(one.status, Obsolete)}
    assert obsolete & read_by_services() == frozenset()


@pytest.mark.parametrize("name", ["recipient_limit", "extra_recipient_limit"])
@pytest.mark.parametrize("transport", ["default", "smtp"])
def test_a_transport_may_have_room_for_nobody_as_in_postfix(transport: str, name: str) -> None:
    assert declaration(f"{transport}_{name}").kind.value("0") == 0


def _acts(parameter: Parameter | None) -> bool:
    return parameter is not None and isinstance(parameter.status, Acts)


def _of_a_transport_that_is_read(name: str) -> bool:
    transport = transport_of(name)
    if transport is None:
        return False
    return f"transport{name.removeprefix(transport)}" in read_by_services()


BOUNDS = Path(__file__).with_name("postfix_bounds.txt").read_text().splitlines()
"""As Postfix 3.10's daemons told them of values that were too small or too large: a name, the
least and the largest value (- for none), times in seconds."""


@pytest.mark.parametrize("line", BOUNDS)
def test_what_is_too_small_or_too_large_for_postfix_is_so_here(line: str) -> None:
    name, low, high = line.split()
    parameter = declaration(name)
    assert parameter is not None
    unit = "s" if isinstance(parameter.kind, kinds.Time) else ""
    for beyond in ([int(low) - 1] if low != "-" else []) + ([int(high) + 1] if high != "-" else []):
        with pytest.raises(ValueError, match=r"at least|at most|between|wants a time"):
            parameter.kind.value(f"{beyond}{unit}")
