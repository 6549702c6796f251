"""Of servers that behave badly our log says what Debian's Postfix says, line for line."""

import asyncio
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

from machine import Machine
from system.mailer import Mailer
from system.postfix import start_postfix
from transcripts import Transcript, transcripts

PARAMETERS = {
    "inet_interfaces": "loopback-only",
    "inet_protocols": "ipv4",
    "mydestination": "localhost",
    "relayhost": "",
    "transport_maps": "texthash:$config_directory/servers",
    # Each is tried once, and nobody is told what became of it.
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "queue_run_delay": "1h",
    "bounce_queue_lifetime": "1h",
    "smtp_helo_timeout": "10s",
}
# Postfix gives up where RFC 5321 (section 4.5.3.1.10) says that it should try again.
DIFFERENT = ("too_many_recipients",)
FIRST_PORT = 20_000
_STATUS = re.compile(r": to=<(\d)@(\w+)\.example>, .* (dsn=.*)")


def test_the_same_is_said_of_the_same_servers(postfix: Machine, mail: Mailer) -> None:
    played = tuple(one for one in transcripts() if one.name not in DIFFERENT)
    servers = "".join(
        f"{_domain(one)} smtp:[127.0.0.1]:{FIRST_PORT + number}\n"
        for number, one in enumerate(played)
    )
    postfix.write("/etc/postfix/servers", servers)
    start_postfix(postfix, PARAMETERS)
    mail.machine.write("/etc/postroom/servers", servers)
    mail.set(**PARAMETERS)
    theirs, ours = _said(postfix, played), _said(mail.machine, played)
    assert ours == theirs


def _domain(transcript: Transcript) -> str:
    return f"{transcript.name}.example"


def _said(machine: Machine, played: Sequence[Transcript]) -> dict[str, str]:
    """By transcript and recipient, ``dsn=…, status=… (…)``."""
    since = machine.from_now_on()
    recipients = [
        [f"{number}@{_domain(one)}" for number in range(one.recipients)] for one in played
    ]

    def statuses() -> dict[str, str]:
        lines = machine.messages(since, "SYSLOG_FACILITY=2")
        found = (_STATUS.search(line) for line in lines)
        return {f"{one[2]} {one[1]}": one[3] for one in found if one}

    def all_told() -> dict[str, str]:
        found = statuses()
        return found if len(found) == sum(map(len, recipients)) else {}

    with _serving(machine, played):
        for addresses in recipients:
            machine.run("sendmail", "-f", "root", *addresses, text="Subject: x\n\nhello\n")
        told: dict[str, str] = machine.wait_for("a word on every recipient", all_told, 60)
    return told


@contextmanager
def _serving(machine: Machine, played: Sequence[Transcript]) -> Iterator[None]:
    """Every server at a port of its own in the machine."""
    loop, enough = asyncio.new_event_loop(), asyncio.Event()
    listeners = [machine.listen(FIRST_PORT + number, "127.0.0.1") for number in range(len(played))]

    async def serve() -> None:
        async with AsyncExitStack() as servers:
            for listener, one in zip(listeners, played, strict=True):
                server = await asyncio.start_server(one.play, sock=listener)
                servers.push_async_callback(server.wait_closed)
                servers.callback(server.close)
            await enough.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(enough.set)
        thread.join()
        loop.close()
