"""cidr: tables: networks and what they stand for, first match wins (cidr_table(5))."""

from postroom.config.logical_lines import BLANK
from postroom.tables.conditional import Condition, Rule, RuleSyntax, Unusable, negation
from postroom.tables.network import Address, Network, parse_address, parse_network
from postroom.tables.rule_table import RuleTable


class _Block:
    """A network, or with ``!`` all addresses outside of it."""

    def __init__(self, text: str, *, outside: bool) -> None:
        self._inside = not outside
        if not text:
            raise Unusable("no address pattern")
        try:
            self._network: Network = parse_network(text)
        except ValueError as error:
            raise Unusable(str(error)) from None

    def __call__(self, address: Address) -> bool:
        """Outside is another address of the same family; IPv6 is not "not in 10.0.0.0/8"."""
        same_family = address.family == self._network.family
        return same_family and self._network.holds(address) is self._inside


def _rule(text: str) -> Rule:
    outside, text = negation(text)
    pattern, value = _split(text)
    block = _Block(pattern, outside=outside)
    if not value:
        raise Unusable("no lookup result")
    return Rule(block, lambda _: value)


def _split(text: str) -> tuple[str, str]:
    pattern = text.split(None, 1)[0] if text else ""
    return pattern, text[len(pattern) :].strip(BLANK)


def _condition(text: str) -> Condition:
    outside, pattern = negation(text)
    return Condition(_Block(pattern, outside=outside))


class CidrTable(RuleTable):
    """Keys that are no address are in no network."""

    syntax = RuleSyntax(_rule, _condition, bare_endif=True)

    def lookup(self, key: str) -> str | None:
        rules = self.rules()
        address = parse_address(key)
        return None if address is None else rules.search(address)
