"""A client's session with smtpd, without a network: what the client says and is told."""

import asyncio
from typing import Any, NamedTuple

from msgspec import structs

from postroom.config.policy_services import RESTRICTION
from postroom.contracts import verify
from postroom.explanation.components import Components
from postroom.explanation.configured import Services
from postroom.explanation.record import Judged, Record, RecordedJournal, Replied, Said
from postroom.explanation.watched_restrictions import WatchedRestrictions
from postroom.explanation.watched_tables import watched_tables
from postroom.ipc.client import Client
from postroom.mail.address import quote_address
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.stages import Gatekeeper
from postroom.reception.smtpd.client_name import ClientName, ClientNames
from postroom.reception.smtpd.connection import connections_of
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.listening import Background
from postroom.reception.smtpd.lookups.policies import Policies
from postroom.reception.smtpd.lookups.verification import Verification
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.wiring import Peers, open_desk
from postroom.systemd.activity import Activity

# Any port above 1024 will do: nothing asks for it.
_PORT = 40000

# What would be told to others or asked of them, filters among them, and TLS, which has no say in
# what becomes of mail.
_NOT_EXPLAINED: dict[str, object] = {
    "notify_classes": (),
    "smtpd_milters": (),
    "smtpd_milter_maps": (),
    "smtpd_tls_security_level": "none",
    "smtpd_tls_wrappermode": False,
    # Nobody logs in here, where others may: some restrictions ask for no more than that.
    "smtpd_sasl_exceptions_networks": ("0.0.0.0/0", "::/0"),
}


class Visit(NamedTuple):
    """Who comes, and what for. ``name`` empty: as DNS says. ``content`` is in wire form."""

    address: str
    name: str
    helo: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


async def visit(
    services: Services, components: Components, record: Record, service: str, what: Visit
) -> None:
    """Have the dialogue, as far as smtpd lets it come. Raises ConfigError, NoService."""
    settings = structs.replace(services.settings(Settings, "smtpd", service), **_NOT_EXPLAINED)
    components.start_proxymap(settings)
    activity = Activity()
    with watched_tables(record, "smtpd", settings):
        desk = _desk(settings, components, record, activity)
    if what.name:
        desk = desk._replace(client_names=_KnownName(desk, what.name))
    client = _Client(record)
    connection = connections_of(settings.myhostname)(desk, activity, set())
    connection.connection_made(_Line(client.hear, what.address))
    await client.converse(connection, what)
    connection.connection_lost(None)
    await activity.idle(0.0)


def _desk(settings: Settings, components: Components, record: Record, activity: Activity) -> Desk:
    peers = Peers.of(components.client)
    log = SmtpdLog(RecordedJournal("smtpd", record))
    desk = open_desk(settings, log, peers, Background(activity))
    read = WatchedRestrictions(record, settings).read
    resources = desk.resources._replace(
        policies=_NotAsked(peers.policy, record), verification=_NotProbed(peers.verify)
    )
    return desk._replace(resources=resources, gatekeeper=Gatekeeper(resources, read))


class _NotAsked(Policies):
    """A policy server would remember the client, and let it in the next time."""

    def __init__(self, client: Client, record: Record) -> None:
        super().__init__(client)
        self._record = record

    async def action(self, server: str, attributes: tuple[str, ...]) -> str:
        name = f"{RESTRICTION} {server}"
        self._record.add(Judged("", "", name, "not asked, and taken for dunno"))
        return "DUNNO"


class _NotProbed(Verification):
    """A probe is mail, and nothing is sent."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, count=1, delay=0.0)

    async def of(self, address: str) -> verify.Verified:
        return verify.Verified(verify.State.UNKNOWN, f"{address} is not probed to explain this")


class _KnownName(ClientNames):
    """The client's name as it was given, so that DNS is not asked."""

    def __init__(self, desk: Desk, name: str) -> None:
        super().__init__(desk.resources.names, desk.log, enabled=False)
        self._name = ClientName(name, name)

    async def of(self, address: str) -> ClientName:
        return self._name


class _Client:
    """Says a line, waits for the reply, and goes on as a mail client would."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._heard = b""
        self._change = asyncio.Event()

    def hear(self, data: bytes) -> None:
        self._heard += data
        self._change.set()

    async def converse(self, connection: asyncio.Protocol, what: Visit) -> None:
        if not (await self._reply()).startswith("2"):
            return
        if not await self._say(connection, f"EHLO {what.helo}"):
            return
        if await self._say(connection, f"MAIL FROM:<{quote_address(what.sender)}>"):
            accepted = [
                await self._say(connection, f"RCPT TO:<{quote_address(recipient)}>")
                for recipient in what.recipients
            ]
            if any(accepted) and await self._say(connection, "DATA"):
                self._record.add(Said("."))
                connection.data_received(what.content + b".\r\n")
                await self._reply()
        await self._say(connection, "QUIT")

    async def _say(self, connection: asyncio.Protocol, command: str) -> bool:
        """Whether the answer was yes."""
        self._record.add(Said(command))
        connection.data_received(f"{command}\r\n".encode())
        return (await self._reply())[:1] in {"2", "3"}

    async def _reply(self) -> str:
        """RFC 5321 section 4.2.1: the last line has no hyphen behind its code."""
        while not (lines := self._heard.split(b"\r\n")[:-1]) or lines[-1][3:4] == b"-":
            self._change.clear()
            await self._change.wait()
        self._heard = b""
        reply = b"\n".join(lines).decode("utf-8", "replace")
        self._record.add(Replied(reply))
        return reply


class _Line(asyncio.Transport):
    """The network as smtpd sees it: a client at an address, who reads all that is written."""

    def __init__(self, heard: Any, address: str) -> None:
        super().__init__({"peername": (address, _PORT), "sockname": ("127.0.0.1", 25)})
        self._heard = heard
        self._closing = False

    def write(self, data: Any) -> None:
        self._heard(bytes(data))

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        self._closing = True

    def pause_reading(self) -> None:
        """The client waits for each reply by itself."""

    def resume_reading(self) -> None:
        """As above."""
