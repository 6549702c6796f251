"""A message that an alias makes of another is told where that one came from."""

import asyncio
import time
from typing import Any

from memory_journal import MemoryJournal
from postroom.contracts.cleanup import Queued
from postroom.contracts.delivery import Deliver
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.forwarding import Forwarding
from postroom.mail.envelope import Client, Envelope, Recipient, Upstream
from postroom.maillog.delivery import DeliveryLog
from unit.delivery.local.test_probe import COPY

CLIENT = Client("a.example", "192.0.2.7", 25, "helo", "ESMTPS")


class Taken:
    """cleanup, which takes whatever comes."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.content = b""

    async def queue_id(self) -> str:
        return "0123456789AC"

    def upload(self, _: str, envelope: Envelope) -> "Taken":
        self.envelopes.append(envelope)
        return self

    async def write(self, data: bytes) -> None:
        self.content += data

    async def finish(self) -> Queued:
        return Queued("0123456789AC")


def forwarded(**fields: Any) -> Envelope:
    (made,) = taken(COPY, **fields).envelopes
    return made


def taken(copy: Copy, **fields: Any) -> Taken:
    """What becomes of a message for ``copy``, which is forwarded."""
    now, intake = time.time(), Taken()
    envelope = Envelope("s@x.test", (copy.recipient,), now, **fields)
    request = Deliver("0123456789AB", "here.test", envelope, 3, now, now, b"x\r\n")
    attempt = Attempt(request, Content(3, b"x\r\n"), DeliveryLog(MemoryJournal()))
    taker: Any = intake
    forwarding = Forwarding(taker, attempt, delivered_to=True)
    forwarding.add(copy.to("b@else.test"))
    asyncio.run(forwarding.send())
    return intake


def test_its_client_and_its_name_go_along_and_yet_it_is_our_own_mail() -> None:
    made = forwarded(client=CLIENT)
    assert made.client is None
    assert made.upstream == CLIENT.upstream
    assert made.forwarded_id == "0123456789AB"


def test_what_was_passed_on_to_us_is_passed_on() -> None:
    upstream = Upstream("up.example", "up.example")
    made = forwarded(client=CLIENT, forwarded=upstream, forwarded_id="4cKxyz")
    assert (made.forwarded, made.forwarded_id) == (upstream, "4cKxyz")


def test_mail_of_a_local_user_has_no_client_to_tell_of() -> None:
    made = forwarded()
    assert (made.upstream, made.forwarded_id) == (None, "")


def test_it_is_marked_in_lower_case_with_whom_it_was_for() -> None:
    content = taken(COPY._replace(recipient=Recipient("LIST+Ab@Here.test"))).content
    assert content == b"Delivered-To: list+ab@here.test\r\nx\r\n"
