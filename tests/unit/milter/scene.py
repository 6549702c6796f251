"""milter with scripted filters, at its contract's border."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from memory_journal import MemoryJournal
from postroom.config.mail_filters import Protocol
from postroom.contracts.milter import Content, DataBegins, Hello, MailFrom, Open, Opened, RcptTo
from postroom.mail.envelope import Client
from postroom.maillog.milter import MilterLog
from postroom.milter.answers import Answers
from postroom.milter.sessions import Sessions
from postroom.milter.settings import Filter, FilterSet
from unit.milter.scripted_filter import Script, ScriptedFilter

CLIENT = Client("client.example", "192.0.2.1", 4711)
GREETED = Client("client.example", "192.0.2.1", 4711, "helo.example", "ESMTP")
OPEN = Open("smtpd/smtp", CLIENT, "client.example", "OK", "192.0.2.9")
HEADER = b"Subject: one\r\n two\r\nTo: a@example.com\r\n"
BODY = b"text\r\n..dot\r\n"
MACROS = {
    "connect": ("j", "{daemon_name}", "_"),
    "mail": ("i", "{mail_addr}"),
    "end_of_data": ("i",),
}


class Scene:
    def __init__(self, *filters: Filter, macros: dict[str, tuple[str, ...]] = MACROS) -> None:
        self.journal = MemoryJournal()
        known = FilterSet(
            filters=filters,
            general=at(Path(), "tempfail"),
            directory="/",
            known_ports=(),
            macros=macros,
            defaults={"j": "mail.example"},
        )
        sets = {"smtpd/smtp": known, "cleanup/cleanup": known}
        sessions = Sessions(sets, MilterLog(self.journal))  # type: ignore[arg-type]
        self.answers = Answers(sessions)
        self.key = ""

    async def ask(self, question: Any, *descriptors: int) -> Any:
        return await self.answers.answer(question, list(descriptors))

    async def opened(self) -> Opened:
        opened = await self.ask(OPEN)
        assert isinstance(opened, Opened)
        self.key = opened.session
        return opened

    async def mail(self) -> list[Any]:
        """What is said of everything before the content."""
        await self.opened()
        return [
            await self.ask(Hello(self.key, GREETED)),
            await self.ask(MailFrom(self.key, GREETED, "s@example.com", ("SIZE=9",))),
            await self.ask(RcptTo(self.key, None, "a@example.com", ())),
            await self.ask(DataBegins(self.key)),
        ]

    async def content(self, header: bytes = HEADER, body: bytes = BODY) -> Any:
        return await self.ask(Content(self.key, "ABC123", header, body))


CURRENT = Protocol(6)


def at(path: Path, action: str = "tempfail", protocol: Protocol = CURRENT) -> Filter:
    return Filter(
        name=f"unix:{path.name}",
        path=str(path),
        connect_timeout=5,
        command_timeout=5,
        content_timeout=5,
        protocol=protocol,
        default_action=action,
    )


def play(
    tmp_path: Path,
    script: Script,
    story: Callable[[Scene, ScriptedFilter], Awaitable[None]],
    *,
    action: str = "tempfail",
    protocol: Protocol = CURRENT,
    macros: dict[str, tuple[str, ...]] = MACROS,
    **options: Any,
) -> Scene:
    async def main() -> Scene:
        scene = Scene(at(tmp_path / "one", action, protocol), macros=macros)
        async with ScriptedFilter(tmp_path / "one", script, **options) as one:
            await story(scene, one)
            scene.answers.close()
        return scene

    return asyncio.run(asyncio.wait_for(main(), 20))
