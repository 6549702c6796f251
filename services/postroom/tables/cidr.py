"""cidr: tables: networks and what they stand for, first match wins (cidr_table(5))."""

from typing import Any

from postroom.config.logical_lines import BLANK
from postroom.tables.conditional import Rule, RuleSyntax, Unusable
from postroom.tables.network import Address, Network, parse_address, parse_network
from postroom.tables.rule_table import RuleTable


class _Block:
    """A network, or with ``!`` all addresses outside of it."""

    def __init__(self, text: str) -> None:
        self._inside = not text.startswith("!")
        try:
            self._network: Network = parse_network(text.lstrip("!" + BLANK))
        except ValueError as error:
            raise Unusable(str(error)) from None

    def __call__(self, address: Address) -> bool:
        """Outside is another address of the same family; IPv6 is not "not in 10.0.0.0/8"."""
        same_family = address.family == self._network.family
        return same_family and self._network.holds(address) is self._inside


def _rule(text: str) -> Rule:
    negation = "!" if text.startswith("!") else ""
    pattern, value = _split(text.removeprefix("!").lstrip(BLANK))
    if not value:
        raise Unusable(f'no address pattern or no result: "{text}"')
    return Rule(_Block(negation + pattern), lambda _: value)


def _split(text: str) -> tuple[str, str]:
    pattern = text.split(None, 1)[0] if text else ""
    return pattern, text[len(pattern) :].strip(BLANK)


def _condition(text: str) -> Any:
    return _Block(text)


class CidrTable(RuleTable):
    """Keys that are no address are in no network."""

    syntax = RuleSyntax(_rule, _condition)

    def lookup(self, key: str) -> str | None:
        rules = self.rules()
        address = parse_address(key)
        return None if address is None else rules.search(address)
