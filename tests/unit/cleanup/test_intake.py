"""What a caller may ask of cleanup, in one piece or many, and what ends the conversation."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from postroom.cleanup.refusal import Refusal
from postroom.cleanup.wire_form import WireForm
from postroom.contracts.cleanup import (
    MAX_INLINE,
    Abandon,
    Begin,
    Chunk,
    End,
    Handling,
    LeaseIds,
    Queued,
    Ready,
    Refused,
    Submit,
)
from postroom.contracts.intake import Intake
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Recipient
from unit.cleanup.peers import Bench
from unit.cleanup.stories import (
    ID,
    MESSAGE,
    envelope,
    run,
    submit,
    upload,
    without_received,
)


def test_too_large_a_message_is_refused() -> None:
    answer, _ = submit(envelope(), MESSAGE, message_size_limit=20)
    assert answer == Refused(552, "5.3.4", "Error: message file too big")


@pytest.mark.parametrize("content", [MESSAGE, MESSAGE + b"x\r\n" * MAX_INLINE])
@pytest.mark.parametrize("count", [10_000, 5_000])
def test_more_recipients_than_any_frame_holds_are_refused_for_good(
    count: int, content: bytes
) -> None:
    """Half of them become too many once cleanup has completed them; waiting would not help."""
    recipients = tuple(Recipient(f"{number}{'x' * 900}") for number in range(count))

    async def story(here: Bench) -> None:
        intake = Intake(here.client, Handling())
        queue_id = await intake.queue_id()
        many = structs.replace(envelope(), recipients=recipients)
        refused = await intake.submit(queue_id, many, content)
        assert refused == Refused(552, "5.5.3", "Error: too many recipients")
        assert await intake.submit(queue_id, envelope(), MESSAGE) == Queued(queue_id)

    run(story)


def test_what_qmgr_refuses_is_passed_on() -> None:
    async def story(here: Bench) -> None:
        here.qmgr.refuse = Refused(452, "4.3.1", "Insufficient system storage")
        assert await here.client.ask(Submit(ID, envelope(), MESSAGE)) == here.qmgr.refuse

    run(story)


@pytest.mark.parametrize(
    "content",
    [
        b"A: b\n\r\n",
        b"A: b\r\n\r\nbare\rcr\r\n",
        b"A: b\r\n\r\nno end",
        b".\r\n",
        b"A: b\r\n.\r\nMAIL FROM:<x>\r\n",
        b"A: b\r\n\r\n.single\r\n",
        b"A: b\r\n\r\r\n",
        b"\r",
        b"\n",
    ],
)
def test_content_that_is_not_in_wire_form_is_refused_and_harms_nobody_else(content: bytes) -> None:
    async def story(here: Bench) -> None:
        assert (await here.client.ask(Submit(ID, envelope(), content))).reply == 554
        for size in (1, 2, 1000):
            assert (await upload(here, content, size)).reply == 554
        assert not here.qmgr.stored
        assert await upload(here, MESSAGE) == Queued(ID)

    run(story)


@given(
    st.lists(st.sampled_from([b"\r\n", b"\r\n", b"\r", b"\n", b".", b"..", b"a"]), max_size=12),
    st.lists(st.integers(0, 20), max_size=4),
)
def test_pieces_of_any_size_are_judged_as_the_whole(parts: list[bytes], cuts: list[int]) -> None:
    content = b"".join(parts)
    lines = content.split(b"\r\n")
    fits = (
        lines.pop() == b""
        and not any(b"\r" in line or b"\n" in line for line in lines)
        and not any(line.startswith(b".") and not line.startswith(b"..") for line in lines)
    )
    form = WireForm()
    judged = True
    try:
        for start, end in pairwise((0, *sorted(cuts), len(content))):
            form.feed(content[start:end])
        form.finish()
    except Refusal:
        judged = False
    assert judged is fits


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_pieces_of_any_size_make_the_same_message(size: int) -> None:
    async def story(here: Bench) -> None:
        assert await upload(here, MESSAGE, size) == Queued(ID)
        assert without_received(here.qmgr.stored[ID][1]) == MESSAGE

    run(story)


def test_a_large_message_goes_into_a_file_byte_for_byte() -> None:
    large = MESSAGE + (b"x" * 3000 + b"\r\n..\r\n") * 500

    async def story(here: Bench) -> None:
        intake = Intake(here.client, Handling())
        queue_id = await intake.queue_id()
        assert await intake.submit(queue_id, envelope(), large) == Queued(queue_id)
        assert without_received(here.qmgr.stored[queue_id][1]) == large

    run(story)


def test_a_header_without_end_is_refused_with_bounded_memory() -> None:
    async def story(here: Bench) -> None:
        answer = await upload(here, b"A: " + b"x" * 2_000_000 + b"\r\n\r\n", MAX_INLINE)
        assert answer == Refused(552, "5.3.4", "Error: message header too big")
        answer = await upload(here, b"A: b\r\n" * 200_000 + b"\r\n", MAX_INLINE)
        assert answer == Refused(552, "5.3.4", "Error: message header too big")

    run(story)


def test_a_body_of_one_long_line_needs_no_header() -> None:
    large = b"x" * 1_000_000 + b"\r\n"

    async def story(here: Bench) -> None:
        assert await upload(here, large, MAX_INLINE) == Queued(ID)
        assert here.qmgr.stored[ID][1].endswith(b"\r\n\r\n" + large)

    run(story)


def test_size_and_hops_are_checked_in_pieces_too() -> None:
    async def story(here: Bench) -> None:
        answer = await upload(here, b"\r\n" + b"x" * 200_000, 50_000)
        assert answer == Refused(552, "5.3.4", "Error: message file too big")
        answer = await upload(here, b"Received: x\r\n" * 60 + b"\r\n", 1000)
        assert answer == Refused(554, "5.4.0", "Error: too many hops")

    run(story, message_size_limit=100_000)


def test_a_message_refused_midway_is_forgotten_and_told_at_its_end() -> None:
    async def story(here: Bench) -> None:
        intake = Intake(here.client, Handling())
        for _ in range(2):
            message = intake.upload(ID, envelope())
            for _ in range(10):
                await message.write(b"x" * 50_000)
            assert await message.finish() == Refused(552, "5.3.4", "Error: message file too big")
        message = intake.upload(ID, envelope())
        await message.write(MESSAGE)
        assert await message.finish() == Queued(ID)

    run(story, message_size_limit=100_000)


def test_pieces_sent_without_waiting_are_kept_in_order() -> None:
    large = MESSAGE + b"".join(b"%06d\r\n" % number for number in range(100_000))

    async def story(here: Bench) -> None:
        questions = [
            here.client.ask(Chunk(ID, large[n : n + 1000])) for n in range(0, 800_000, 1000)
        ]
        questions.append(here.client.ask(Chunk(ID, large[800_000:])))
        await here.client.ask(Begin(ID, envelope()))
        assert set(await asyncio.gather(*questions)) == {Ready()}
        assert await here.client.ask(End(ID)) == Queued(ID)
        assert without_received(here.qmgr.stored[ID][1]) == large

    run(story)


def test_when_qmgr_is_away_midway_the_message_is_refused_and_the_line_goes_on() -> None:
    async def story(here: Bench) -> None:
        here.qmgr.away = True
        message = Intake(here.client, Handling()).upload(ID, envelope())
        for _ in range(10):
            await message.write(b"A: b\r\n\r\n" + b"x" * 50_000)
        assert (await message.finish()).code == "4.3.0"
        here.qmgr.away = False
        assert await upload(here, MESSAGE) == Queued(ID)

    run(story)


def test_an_abandoned_message_is_forgotten() -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Begin(ID, envelope()))
        await here.client.ask(Chunk(ID, MESSAGE))
        assert await here.client.ask(Abandon(ID)) == Ready()
        with pytest.raises(Unavailable):
            await here.client.ask(End(ID))
        assert not here.qmgr.stored

    run(story)


def test_of_a_message_that_is_given_up_qmgr_keeps_nothing() -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Begin(ID, envelope()))
        await here.client.ask(Chunk(ID, b"Subject: x\r\n\r\n"))
        assert list(here.qmgr.open) == [ID]
        await here.client.ask(Abandon(ID))
        async with asyncio.timeout(5):
            while here.qmgr.open:
                await asyncio.sleep(0.001)

    run(story)


@pytest.mark.parametrize("question", [Chunk(ID, b"x"), End(ID), Abandon(ID)])
def test_a_question_out_of_order_ends_the_connection(question: Any) -> None:
    async def story(here: Bench) -> None:
        with pytest.raises(Unavailable):
            await here.client.ask(question)

    run(story)


def test_beginning_twice_ends_the_connection() -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Begin(ID, envelope()))
        with pytest.raises(Unavailable):
            await here.client.ask(Begin(ID, envelope()))

    run(story)


def test_a_descriptor_nobody_asked_for_ends_the_connection() -> None:
    async def story(here: Bench) -> None:
        with pytest.raises(Unavailable):
            await here.client.ask_with_descriptors(Submit(ID, envelope(), MESSAGE), [0])

    run(story)


def test_no_queue_id_is_given_twice() -> None:
    async def story(here: Bench) -> None:
        leases = await asyncio.gather(*(here.client.ask(LeaseIds()) for _ in range(200)))
        ids = [n for lease in leases for n in range(lease.first, lease.first + lease.count)]
        assert len(ids) == len(set(ids))

    run(story)


OTHER = f"{int(ID, 16) + 1:013X}"


def test_of_what_was_begun_and_is_not_stored_the_log_says_so_once() -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Begin(ID, envelope()))
        await here.client.ask(Abandon(ID))
        await here.client.ask(Begin(OTHER, envelope()))
        await here.client.ask(Chunk(OTHER, b"X: y\r\n\r\n" + b"x" * 60_000 + b"\r\n"))
        await here.client.ask(End(OTHER))
        await here.client.ask(Begin(ID, envelope()))
        here.client.close()
        for _ in range(200):
            if len(canceled := [x for x in here.journal.lines if "removed (canceled)" in x]) == 3:
                break
            await asyncio.sleep(0.01)
        assert canceled == [f"{queue_id}: removed (canceled)" for queue_id in (ID, OTHER, ID)]

    run(story, body_checks=("regexp:{{/^x/ REJECT}}",))
