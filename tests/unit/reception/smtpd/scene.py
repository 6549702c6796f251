"""A whole smtpd on a loopback port, among peers that are made up."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from msgspec import structs

from configured import configured
from memory_journal import MemoryJournal
from postroom.maillog.postscreen import PostscreenLog
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.listening import Background, Listening
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.wiring import open_desk
from postroom.systemd.activity import Activity
from postroom.systemd.service import new_event_loop
from unit.reception.smtpd.talker import Talker
from unit.reception.smtpd.world import USERS, World, peers_in

_MAIN_CF = """
myhostname = mail.example.com
mydestination = example.com
mynetworks = 192.0.2.0/24
smtpd_banner = mail.example.com ESMTP
notify_classes =
"""


@cache
def _defaults() -> Settings:
    facts = {"service_name": "smtp", "screens": False, "process_limit": 0, "verbose": False}
    return configured(Settings, _MAIN_CF, **facts)


class Scene:
    """One smtpd at work, and its clients."""

    def __init__(
        self,
        world: World,
        journal: MemoryJournal,
        port: int,
        *,
        listening: Listening,
        desk: Desk,
        activity: Activity,
    ) -> None:
        self.world = world
        self.journal = journal
        self.activity = activity
        self.listening = listening
        self.desk = desk
        self._port = port
        self._talkers: list[Talker] = []

    async def connect(self) -> Talker:
        talker = Talker(*await asyncio.open_connection("127.0.0.1", self._port))
        self._talkers.append(talker)
        return talker

    async def client(self) -> Talker:
        """A client that has read the greeting and said EHLO."""
        talker = await self.connect()
        await talker.greet()
        return talker

    @property
    def backlog(self) -> int:
        """How many octets of the only client's have been read and not looked at yet."""
        (connection,) = self.listening._connections
        return connection._engine.backlog

    def log(self, part: str) -> list[str]:
        """The lines with ``part`` in them."""
        return [line for line in self.journal.lines if part in line]

    async def end(self) -> None:
        """Every client hangs up; smtpd has to notice."""
        for talker in self._talkers:
            talker.writer.close()
        async with asyncio.timeout(5):
            while self.activity.busy:
                await asyncio.sleep(0.005)
        await self.listening.drain()


def settings_with(**changes: object) -> Settings:
    """The defaults with ``changes``."""
    return structs.replace(_defaults(), **changes)


def play(
    directory: Path,
    story: Callable[[Scene], Awaitable[None]],
    stress: Mapping[str, object] = MappingProxyType({}),
    **changes: object,
) -> Scene:
    """Run ``story`` with an smtpd whose settings are the defaults with ``changes``, and under
    overload with what ``stress`` has besides."""
    base: dict[str, object] = {"local_recipient_maps": (USERS,), "smtpd_error_sleep_time": 0.01}
    settings = settings_with(**(base | changes))

    async def run() -> Scene:
        world, journal, activity = World(), MemoryJournal(), Activity()
        with peers_in(directory, world) as peers:
            screen_log = PostscreenLog(journal) if settings.screens else None
            desk = open_desk(settings, SmtpdLog(journal), peers, Background(activity), screen_log)
            stressed = desk.under_stress(structs.replace(settings, **stress))
            listening = Listening(desk, activity, stressed)
            listener = socket.create_server(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            await listening.accept([listener])
            scene = Scene(world, journal, port, listening=listening, desk=desk, activity=activity)
            try:
                await story(scene)
            finally:
                await scene.end()
        return scene

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(run())
