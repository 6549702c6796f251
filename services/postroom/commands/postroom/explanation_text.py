"""An explanation as lines for people."""

from collections.abc import Iterator

from postroom.explanation.explaining import Explanation
from postroom.explanation.generic_addresses import Seen
from postroom.explanation.record import (
    Completed,
    Judged,
    Logged,
    Masqueraded,
    Named,
    Replied,
    Resolved,
    Said,
    Searched,
    Step,
)


def lines(explanation: Explanation, verbose: bool) -> Iterator[str]:
    """``verbose`` shows also tables that do not have a key."""
    for step in explanation.steps:
        if verbose or not _is_miss(step):
            yield from _step(step)
    if explanation.destinations:
        yield ""
        yield f"sender <{explanation.sender}>"
    for one in explanation.destinations:
        origin = f" (for <{one.original}>)" if one.original else ""
        kind = f" [{one.address_class.value}]" if one.address_class else ""
        yield f"recipient <{one.recipient}>{origin}{kind}"
        if one.transport:
            yield f"    transport {one.transport}, nexthop {one.nexthop}"
        yield f"    {one.outcome}"
        if one.generic is not None:
            yield f"    {_generic(one.generic)}"
        yield from (f"    <{part.recipient}>: {part.code} {part.text}" for part in one.carried)
    yield ""
    yield f"answer: {explanation.answer}"


def _generic(seen: Seen) -> str:
    if seen.error:
        return f"generic addresses: {seen.error}"
    return f"as <{seen.recipient}> from <{seen.sender}> (generic addresses)"


def _is_miss(step: Step) -> bool:
    return isinstance(step, Searched) and step.value is None and not step.error


def _step(step: Step) -> Iterator[str]:
    match step:
        case Said(command):
            yield f"client: {command}"
        case Replied(reply):
            yield from (f"smtpd: {line}" for line in reply.splitlines())
        case Judged(parameter, _, restriction, verdict):
            yield f"    {parameter}: {restriction}: {verdict}"
        case Completed(address, became):
            yield f"    trivial-rewrite: <{address}> is <{became}>"
        case Masqueraded(address, became):
            yield f"    masquerade_domains: <{address}> is <{became}>"
        case Searched(component, parameters, table, key, value, error):
            found = f"fails: {error}" if error else "not there" if value is None else value
            where = " or ".join(parameters) or component
            yield f"    {where}: {table}: {key}: {found}"
        case Named(name, record, answer):
            yield f"    dns: {name} {record}: {answer}"
        case Resolved(address, recipient, address_class, transport, nexthop):
            where = f"transport {transport}, nexthop {nexthop}"
            to = "" if address == recipient else f", as <{recipient}>"
            yield f"    trivial-rewrite: <{address}> is {address_class.value}: {where}{to}"
        case Logged(component, text):
            yield f"    log: {component}: {text}"
