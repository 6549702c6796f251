"""One address to try, and how it is named in the log and to the user."""

from typing import NamedTuple


class Host(NamedTuple):
    """A server at an address and port, or at the ``path`` of a UNIX-domain socket.

    ``preference`` is its MX preference; ``best`` says that no exchanger is preferred to it.
    ``secure``: DNSSEC vouches for its address; ``meant``: and for that it is the domain's host.
    ``alias`` is what we know it by where that is not its ``name``.
    """

    name: str
    address: str
    port: int = 0
    preference: int = 0
    best: bool = True
    path: str = ""
    secure: bool = False
    meant: bool = True
    alias: str = ""

    @property
    def shown(self) -> str:
        """``mx.example[192.0.2.1]``"""
        return f"{self.name}[{self.path or self.address}]"

    @property
    def relay(self) -> str:
        """``mx.example[192.0.2.1]:25``"""
        return self.shown if self.path else f"{self.shown}:{self.port}"
