"""The sockets of a service: where it is reached, and by whose right."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from postroom.config.instances import starts_with_machine
from postroom_generator.listening import UnknownAddress, addresses
from postroom_generator.service import Service
from postroom_generator.submission import submission
from postroom_generator.unit import Unit


def sockets(service: Service) -> Iterator[Unit]:
    """One unit per socket; raises ConfigError where a socket of that name or address cannot be."""
    names = (service.program.contract, *service.program.also)
    streams = (_streams(service), *((service.socket_path(name),) for name in names[1:]))
    for unit, contract, listen in zip(service.sockets, names, streams, strict=True):
        more = submission(service) if contract == "postdrop" else {}
        values = {
            **service.values,
            **more,
            "contract": contract,
            "listen": listen,
            "private": service.line.private,
            "window": service.value("tcp_windowsize") if service.line.type == "inet" else 0,
        }
        yield Unit(unit, f"{contract}.socket.j2", values, _wanted_by(service, contract))


class Listener(NamedTuple):
    """A socket unit's ``address`` or one of several, as ListenStream= has it."""

    service: Service
    unit: str
    address: str


def listeners(services: Iterable[Service]) -> Iterator[Listener]:
    """Wherever anybody listens; raises ConfigError as ``sockets``."""
    for service in services:
        for unit in sockets(service):
            found = unit.values["listen"]
            assert isinstance(found, tuple)
            yield from (Listener(service, unit.name, address) for address in found)


def _wanted_by(service: Service, contract: str) -> str:
    """What sendmail(1) speaks to is there before the mail system, and stays when it is stopped."""
    if contract == "postdrop" and starts_with_machine(service.configuration):
        return "sockets.target"
    return service.target


def _streams(service: Service) -> tuple[str, ...]:
    program = service.line.program
    if program == "smtpd" or (program, service.line.type) == ("spawn", "inet"):
        return _inet_streams(service)
    name = service.line.name
    if service.line.type == "inet":
        raise service.error(f"{program} cannot be an inet service")
    if "/" in name or name.startswith("."):
        raise service.error("this cannot be the name of a socket")
    return (service.socket_path(name),)


def _inet_streams(service: Service) -> tuple[str, ...]:
    if service.line.type != "inet":
        raise service.error("smtpd must be an inet service")
    try:
        return addresses(
            service.line.name,
            service.words("inet_interfaces"),
            protocols(service),
            service.elements("known_tcp_ports"),
        )
    except UnknownAddress as error:
        raise service.error(str(error)) from None


def protocols(service: Service) -> tuple[str, ...]:
    """``ipv4``, ``ipv6`` or both (inet_protocols)."""
    words = service.words("inet_protocols")
    return ("ipv4", "ipv6") if "all" in words else words
