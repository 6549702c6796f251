"""What a service must know that is no parameter: about its line, and about the others."""

import re
from collections.abc import Callable, Mapping, Sequence

from postroom.config.bounce_templates import templates_in_use
from postroom.config.names import TIMED_PROGRAMS
from postroom.config.problem import place
from postroom.config.settings import told
from postroom.queue.qmgr.settings import Transport
from postroom_generator.mail_filters import checks_headers, filter_sets, filter_tables
from postroom_generator.policy_servers import policy_servers
from postroom_generator.sasl_power import sasl_path
from postroom_generator.service import Service
from postroom_generator.settings import lists_of

Facts = Mapping[str, object]

# The form of a lookup table's name; proxymap knows which types there are.
_TABLE = re.compile(r"(?:proxy:)?[a-z][a-z0-9_-]*:.+", re.ASCII | re.DOTALL)


def facts(service: Service, services: Sequence[Service]) -> Facts:
    """Facts by name; a program's ``Settings`` takes those that it has a field for."""
    special = _SPECIAL.get(service.line.program)
    return {
        "service_name": service.line.name,
        "process_limit": service.process_limit,
        "arguments": service.line.arguments,
        "verbose": any(one.startswith("-v") for one in service.line.arguments),
        **(_limits(service) if service.program.contract == "delivery" else {}),
        **(_time_limit(service) if service.line.program in TIMED_PROGRAMS else {}),
        **(special(service, services) if special else {}),
    }


def tables_in(known: Facts) -> tuple[str, ...]:
    """What proxymap may be asked, from what it must know."""
    tables = known["tables"]
    assert isinstance(tables, tuple)
    return tables


def _tables(_: Service, services: Sequence[Service]) -> Facts:
    """All tables that the parameters of services other than proxymap name."""
    others = (service for service in services if service.line.program != "proxymap")
    words = (word for service in others for word in lists_of(service))
    return {"tables": tuple(dict.fromkeys(word for word in words if _TABLE.fullmatch(word)))}


def _templates(service: Service, _: Sequence[Service]) -> Facts:
    """bounce_template_file, read and expanded; its text need not be UTF-8."""
    found = templates_in_use(service.configuration, service.line.overrides)
    templates = [one._asdict() for one in found.templates]
    for template in templates:
        template["text"] = template["text"].encode("utf-8", "surrogateescape")
    problems = tuple(f"{place(one.path, one.line)}: {one.text}" for one in found.problems)
    return {"templates": templates, "template_problems": problems}


def _transports(_: Service, services: Sequence[Service]) -> Facts:
    """Where qmgr can send mail to."""
    agents = (service for service in services if service.program.contract == "delivery")
    return {"transports": tuple(map(_transport, agents))}


def _time_limit(service: Service) -> Facts:
    return {"time_limit": service.configuration.typed(f"{service.line.name}_time_limit")}


def _limits(agent: Service) -> Mapping[str, int]:
    """An agent that takes several requests at once sees to its limits itself."""
    parameter = "destination_concurrency_limit"
    limit = agent.configuration.typed(f"{agent.line.name}_{parameter}")
    assert isinstance(limit, int), f"{parameter} is not declared as a number"
    return {parameter: limit}


def _transport(agent: Service) -> Facts:
    """Named fields, and as others the parameters ``<transport>_…`` of main.cf.

    The limits of main.cf and master.cf count processes, those of qmgr requests.
    """
    at_once = agent.program.requests_at_once
    limits = {"process_limit": agent.process_limit, **_limits(agent)}
    known: dict[str, object] = {name: limit * at_once for name, limit in limits.items()}
    known["name"] = agent.line.name
    known["best_mx_transport"] = agent.text("best_mx_transport")
    configuration = agent.configuration
    for field in told(Transport):
        if field.name not in known:
            parameter = f"{agent.line.name}_{field.name}"
            value = configuration.text if field.type is str else configuration.typed
            known[field.name] = value(parameter)
    return known


def _filters(_: Service, services: Sequence[Service]) -> Facts:
    """Whom milter asks."""
    return {
        "filter_sets": filter_sets(services),
        "filter_tables": filter_tables(services),
        "checks_headers": checks_headers(services),
    }


def _policy_servers(_: Service, services: Sequence[Service]) -> Facts:
    """Whom policy-client asks."""
    return {"policy_servers": policy_servers(services)}


def _smtpd(service: Service, _: Sequence[Service]) -> Facts:
    """Whether master.cf has postscreen in its place, and where Dovecot is seen from inside."""
    written = (one for one in service.configuration.services if one.program == "postscreen")
    screens = any(one.line == service.line.line for one in written)
    return {"screens": screens, **sasl_path(service)}


_SPECIAL: Mapping[str, Callable[[Service, Sequence[Service]], Facts]] = {
    "bounce": _templates,
    "milter": _filters,
    "policy-client": _policy_servers,
    "proxymap": _tables,
    "qmgr": _transports,
    "smtpd": _smtpd,
}
