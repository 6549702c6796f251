"""What filters are told by macros (postconf(5): milter_connect_macros and the others)."""

from collections.abc import Iterable, Mapping

from postroom.contracts.milter import Open, Way
from postroom.mail.envelope import Client
from postroom.milter.protocol.numbers import Event, MacroStage
from postroom.tls.summary import read_summary

# The list of macros that goes before each event, in the settings and in a filter's own wishes,
# which say nothing of unknown commands.
STAGES: Mapping[Event, tuple[str, MacroStage | None]] = {
    Event.CONNECT: ("connect", MacroStage.CONNECT),
    Event.HELO: ("helo", MacroStage.HELO),
    Event.MAIL: ("mail", MacroStage.MAIL),
    Event.RCPT: ("rcpt", MacroStage.RCPT),
    Event.DATA: ("data", MacroStage.DATA),
    Event.END_OF_HEADER: ("end_of_header", MacroStage.END_OF_HEADER),
    Event.END_OF_BODY: ("end_of_data", MacroStage.END_OF_BODY),
    Event.UNKNOWN: ("unknown_command", None),
}


class Macros:
    """The values that are known at this point of a session; names are bare, as ``client_addr``.

    ``defaults`` are of main.cf (milter_macro_defaults, milter_macro_v, …).
    """

    def __init__(self, defaults: Mapping[str, str]) -> None:
        self._defaults = defaults
        self._known: dict[str, str | None] = {}

    def know(self, **values: str | None) -> None:
        """None: it has no value any more."""
        self._known.update(values)

    def of(self, names: Iterable[str]) -> dict[str, str]:
        """Those of ``names`` that have a value; a name of several letters keeps its braces."""
        found = {}
        for name in names:
            bare = name.strip("{}")
            value = self._known.get(bare)
            value = self._defaults.get(bare) if value is None else value
            if value is not None:
                found[bare if len(bare) == 1 else f"{{{bare}}}"] = value
        return found

    def know_client(self, question: Open) -> None:
        """Who connected, and where to."""
        client = question.client
        self.know(
            _=f"{client.name} [{client.address}]",
            client_addr=client.address,
            client_name=client.name,
            client_port=str(client.port),
            client_ptr=question.reverse_name,
            client_resolve=question.resolved,
            daemon_addr=question.local_address,
        )

    def know_address(self, kind: str, address: str, way: Way | None) -> None:
        """``kind``: of mail or rcpt. The null sender has no address, which is known as well."""
        way = way or Way("", "", address)
        self._known[f"{kind}_addr"] = way.address if address else ""
        self._known[f"{kind}_host"] = way.host or None
        self._known[f"{kind}_mailer"] = way.mailer or None

    def know_session(self, client: Client) -> None:
        """What a client has said of itself, and how it came: by TLS, with a login."""
        self.know(auth_type=client.sasl_method or None, auth_authen=client.sasl_username or None)
        if (tls := read_summary(client.tls)) is not None:
            self.know(tls_version=tls.protocol, cipher=tls.cipher, cipher_bits=str(tls.bits))
