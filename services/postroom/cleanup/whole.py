"""A message that came in one piece, as most do: one question in, one question out."""

from postroom.cleanup.filtered import filter_and_store
from postroom.cleanup.message import Message
from postroom.cleanup.refusal import TOO_LARGE, Refusal
from postroom.cleanup.wire_form import check
from postroom.contracts.cleanup import Queued, Refused


async def process(message: Message, content: bytes) -> Queued | Refused:
    """Raises Refusal, Unavailable, or BrokenContract where the content is not in wire form."""
    check(content)
    if 0 < message.works.size_limit < len(content):
        raise Refusal(TOO_LARGE)
    await message.address()
    if message.preparing is not None:
        content = message.preparing.whole(content)
    return await edit_and_store(message, content)


async def edit_and_store(message: Message, content: bytes) -> Queued | Refused:
    """Header, then the queue, for content that was checked."""
    edited = await message.edit_header(content)
    body = await message.check_body(memoryview(content)[edited.rest :])
    finished = b"".join((edited.text, body, await message.end_body()))
    if message.discarded:
        return message.discard()
    if message.is_filtered:
        return await filter_and_store(message, finished)
    return await message.store(finished)
