"""Where mail goes that has a content filter: to it, wherever its recipients are (FILTER_README)."""

from collections.abc import Sequence

from postroom.contracts.rewrite import AddressClass, Route
from postroom.mail.address import split_address


class ContentFilter:
    """``default_nexthop`` (main.cf: default_filter_nexthop) stands where a filter names none; where
    that is empty, too, the recipient's domain does, or ``myhostname`` if he has none."""

    def __init__(self, default_nexthop: str, myhostname: str) -> None:
        self._default_nexthop = default_nexthop
        self._myhostname = myhostname

    def routes(self, name: str, addresses: Sequence[str]) -> list[Route]:
        """The way to the filter ``transport:nexthop`` for each address."""
        transport, _, nexthop = name.partition(":")
        nexthop = nexthop or self._default_nexthop
        return [
            Route(transport, nexthop or self._domain(address), address, AddressClass.DEFAULT)
            for address in addresses
        ]

    def _domain(self, address: str) -> str:
        return split_address(address)[1] or self._myhostname
