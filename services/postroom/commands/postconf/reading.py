"""Whether main.cf can be read at all: what postconf finds out before it shows anything."""

from postroom.config.configuration import Configuration
from postroom.config.expansion import compatibility, expand
from postroom.config.host import foreign_interface
from postroom.config.lookup import NONE, networks_wanted
from postroom.config.names import READ_ONLY, Names
from postroom.config.parameters import declaration


def refuse_malformed(configuration: Configuration, names: Names) -> None:
    """Raises ExpansionError for a value that cannot be expanded, whether it is asked for or not;
    ConfigError where mynetworks has neither a value nor a default.

    Postfix's programs expand every value of a name they know when they start; what an admin gave
    a name of their own is expanded where something refers to it.
    """
    compatibility(_expanded(configuration, "compatibility_level"))
    known = (names.builtin | names.of_services) - READ_ONLY
    for name in configuration.main.assignments:
        parameter = declaration(name)
        if name in known and (parameter is None or parameter.kind.expanded):
            _expanded(configuration, name)
    if "mynetworks" not in configuration.main.assignments:
        _refuse_foreign_networks(configuration)


def _refuse_foreign_networks(configuration: Configuration) -> None:
    """By default mynetworks is where this host's addresses are, and all of them have to be its."""
    foreign = foreign_interface(networks_wanted(configuration, NONE))
    if foreign:
        raise configuration.error("inet_interfaces", foreign)


def _expanded(configuration: Configuration, name: str) -> str:
    return expand(configuration.raw(name) or "", lambda inner: configuration.raw(inner) or "")
