"""Whoever writes to us chooses no part of a command, a file's name or a transport."""

import asyncio
import pwd
from pathlib import Path

import pytest

from postroom.delivery.local.copy import Copy
from postroom.delivery.local.preferences import Preferences
from postroom.mail.envelope import Recipient
from unit.delivery.local.household import Recorder, expansion_of, settings


@pytest.mark.parametrize(("address", "commands"), [("list-x", []), ("team-x", ["show team"])])
def test_what_a_stranger_writes_is_part_of_no_alias(
    tmp_path: Path, address: str, commands: list[str]
) -> None:
    """RCPT TO:<list-`command`@here.test> is the attack."""
    table = tmp_path / "patterns"
    table.write_text('/^list-(.*)$/ "|show $1"\n/^team-/ "|show team"\n')
    mailman = Recorder()
    expansion = expansion_of((f"pcre:{table}",), mailman)
    asyncio.run(expansion.deliver(Copy(0, Recipient(f"{address}@here.test"), "s@x.test")))
    nobody = pwd.getpwnam("nobody").pw_uid
    assert mailman.calls == [f"command {command} as {nobody}" for command in commands]


def test_nor_of_a_mailbox_command_or_transport(tmp_path: Path) -> None:
    table = tmp_path / "patterns"
    table.write_text("/^(.*)$/ show $1\n")
    maps = (f"regexp:{table}",)
    preferences = Preferences(
        settings(
            mailbox_command_maps=maps, mailbox_transport_maps=maps, fallback_transport_maps=maps
        )
    )

    async def found() -> list[str]:
        asked = (preferences.command, preferences.transport, preferences.fallback)
        return [await ask("alice") for ask in asked]

    assert asyncio.run(found()) == ["", "", ""]
