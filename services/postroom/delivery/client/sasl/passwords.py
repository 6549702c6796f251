"""Who we are at which server (smtp_sasl_password_maps)."""

from collections.abc import Iterator

from postroom.delivery.client.rules import Rules
from postroom.delivery.client.sasl.mechanisms import Login
from postroom.mail.address import split_address
from postroom.tables.maps import Maps


class Passwords:
    """``user:password`` by sender, host and nexthop, in this order."""

    def __init__(self, rules: Rules) -> None:
        self._maps = Maps(rules.sasl_password_maps)
        self._by_sender = rules.sender_dependent_authentication
        self._separator = rules.sasl_password_result_delimiter
        self._extensions = rules.extensions

    async def login(self, sender: str, host: str, nexthop: str) -> Login | None:
        """None: we have no account there; raises TableError."""
        for key in self._keys(sender, host, nexthop):
            value = await self._maps.find(key)
            if value is not None:
                user, _, password = value.partition(self._separator)
                return Login(user, password)
        return None

    def _keys(self, sender: str, host: str, nexthop: str) -> Iterator[str]:
        if self._by_sender and sender:
            user, domain = split_address(sender)
            name, _ = self._extensions.split(user)
            yield from dict.fromkeys((sender, f"{name}@{domain}", f"@{domain}"))
        yield host
        yield nexthop
