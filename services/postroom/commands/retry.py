"""What the retry timers start: ``python3 -I -m postroom.commands.retry qmgr|pickup``.

Asks the service to look at what waits; that the question arrives is what starts it.
"""

import asyncio
import os
import sys
from typing import NamedTuple

from postroom.contracts import pickup, showq
from postroom.contracts.cleanup import Ready
from postroom.contracts.showq import NotAllowed
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract, Question, Unavailable
from postroom.systemd.places import socket_path


class _Call(NamedTuple):
    contract: Contract
    question: Question[Ready] | Question[Ready | NotAllowed]


CALLS = {
    "qmgr": _Call(showq.CONTRACT, showq.RunQueue()),
    "pickup": _Call(pickup.CONTRACT, pickup.Wake()),
}
# Less than the unit's TimeoutStartSec; the timer comes again.
TIMEOUT_SECONDS = 50.0


def main() -> None:
    call = CALLS[sys.argv[1]]
    try:
        asyncio.run(_ask(call, socket_path(call.contract.name)))
    except Unavailable as error:
        sys.stderr.write(f"{sys.argv[1]} does not answer: {error}\n")
        sys.exit(os.EX_TEMPFAIL)


async def _ask(call: _Call, path: str) -> None:
    client = Client(path, call.contract, timeout=TIMEOUT_SECONDS)
    try:
        await client.ask(call.question)
    finally:
        client.close()


if __name__ == "__main__":
    main()
