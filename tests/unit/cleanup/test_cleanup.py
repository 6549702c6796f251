"""cleanup as its callers see it: what comes in, what reaches the queue, what is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import structs

from postroom.contracts.cleanup import (
    MAX_INLINE,
    Abandon,
    Begin,
    Chunk,
    End,
    LeaseIds,
    Queued,
    Ready,
    Refused,
    Submit,
)
from postroom.contracts.intake import Intake
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Client, Envelope, Notify, Recipient, Submitter
from unit.cleanup.peers import Bench, bench

ID = "0605EB1D5A3C0"
REMOTE = Client("client.example", "192.0.2.1", 4242, "helo.example", "ESMTP")
ARRIVAL = 1_700_000_000.0


def envelope(*recipients: str, sender: str = "a@one.example", **fields: Any) -> Envelope:
    to = tuple(map(Recipient, recipients or ("b@two.example",)))
    fields.setdefault("client", REMOTE)
    return Envelope(sender, to, ARRIVAL, **fields)


def local(*recipients: str, name: str = "", **fields: Any) -> Envelope:
    submitter = Submitter(1000, "joe", name)
    return envelope(*recipients, client=None, submitter=submitter, rewrite_locally=True, **fields)


def run(story: Callable[[Bench], Awaitable[None]], **settings: Any) -> Bench:
    async def told() -> Bench:
        async with bench(**settings) as here:
            await story(here)
            return here

    return asyncio.run(told())


def submit(env: Envelope, content: bytes, **settings: Any) -> tuple[Any, Bench]:
    answers: list[Any] = []

    async def story(here: Bench) -> None:
        answers.append(await here.client.ask(Submit(ID, env, content)))

    here = run(story, **settings)
    return answers[0], here


def stored(env: Envelope, content: bytes, **settings: Any) -> tuple[Envelope, bytes]:
    answer, here = submit(env, content, **settings)
    assert answer == Queued(ID)
    return here.qmgr.stored[ID]


def without_received(content: bytes) -> bytes:
    """The content behind the Received field that cleanup put first."""
    end = content.index(b"\r\n")
    while content[end + 2 : end + 3] == b"\t":
        end = content.index(b"\r\n", end + 2)
    assert content.startswith(b"Received: ")
    return content[end + 2 :]


MESSAGE = b"From: a@one.example\r\nSubject: hello\r\n\r\nbody\r\n..dot\r\n"


def test_a_remote_message_gets_received_and_nothing_else() -> None:
    _, content = stored(envelope(), MESSAGE)
    assert content.startswith(
        b"Received: from helo.example (client.example [192.0.2.1])\r\n"
        b"\tby host.example (Postroom) with ESMTP id 0605EB1D5A3C0\r\n"
        b"\tfor <b@two.example>; "
    )
    assert without_received(content) == MESSAGE


def test_a_message_that_lacks_a_message_id_is_logged_so() -> None:
    _, here = submit(envelope(), MESSAGE)
    assert here.journal.lines == [f"{ID}: message-id=<>"]
    _, here = submit(envelope(), b"Message-ID:\r\n <x@y>\r\n\r\n")
    assert here.journal.lines == [f"{ID}: message-id=<x@y>"]


def test_a_local_message_gets_what_it_lacks() -> None:
    _, content = stored(local(name="Joe D. User"), b"\r\nbody\r\n")
    head, body = without_received(content).split(b"\r\n\r\n")
    fields = head.split(b"\r\n")
    assert fields[0].startswith(b"Message-Id: <2023111")
    assert fields[0].endswith(b".0605EB1D5A3C0@host.example>")
    assert fields[1].startswith(b"Date: ")
    assert b" Nov 2023 " in fields[1]
    assert fields[2] == b'From: "Joe D. User" <a@one.example>'
    assert body == b"body\r\n"


def test_a_resent_message_gets_resent_fields() -> None:
    text = b"From: x@y\r\nResent-To: b\r\n\r\n"
    _, content = stored(local(), text)
    assert b"\r\nResent-Message-Id: <" in content
    assert b"\r\nResent-From: a@one.example\r\n" in content
    assert b"\r\nMessage-Id:" not in content


def test_missing_fields_of_strangers_are_added_only_if_wanted() -> None:
    _, content = stored(envelope(), b"\r\n", always_add_missing_headers=True)
    assert b"\r\nMessage-Id: <" in content


def test_undisclosed_recipients_stand_where_none_are_named() -> None:
    text = "To: undisclosed-recipients:;"
    _, content = stored(local(), b"\r\n", undisclosed_recipients_header=text)
    assert text.encode() in content


def test_fields_that_are_nobodys_business_are_dropped() -> None:
    text = (
        b"Return-Path: <x@y>\r\nTo: b@two.example\r\nBCC: secret@x,\r\n more@y\r\n"
        b"Content-Length: 5\r\nX: y\r\n\r\nBcc: stays\r\n"
    )
    _, content = stored(envelope(), text)
    assert without_received(content) == b"To: b@two.example\r\nX: y\r\n\r\nBcc: stays\r\n"


def test_a_body_that_begins_without_empty_line_is_set_off() -> None:
    _, content = stored(envelope(), b"A: b\r\nno field\r\n")
    assert without_received(content) == b"A: b\r\n\r\nno field\r\n"


def test_an_overlong_field_is_cut() -> None:
    text = b"A: " + b"x" * 500 + b"\r\nB: c\r\n\r\n"
    _, content = stored(envelope(), text, header_size_limit=100)
    assert without_received(content) == b"A:" + b" " + b"x" * 99 + b"\r\nB: c\r\n\r\n"


def test_a_line_of_any_length_comes_through() -> None:
    text = b"A: b\r\n\r\n" + b"x" * 60_000 + b"\r\n"
    _, content = stored(envelope(), text)
    assert without_received(content) == text


def test_headers_of_local_mail_are_put_in_form() -> None:
    text = b'From: "J" <joe> (x)\r\nTo: ann,\r\n bob@b.example, g: carl;\r\nX-To: dave\r\n\r\n'
    _, content = stored(local(), text)
    assert (
        b'From: "J" <joe@host.example> (x)\r\nTo: ann@host.example,\r\n bob@b.example, '
        b"g: carl@host.example;\r\nX-To: dave\r\n" in content
    )


def test_headers_of_strangers_stay_unless_a_domain_is_set() -> None:
    text = b"To: ann\r\n\r\n"
    _, content = stored(envelope(), text)
    assert without_received(content) == text
    _, content = stored(envelope(), text, remote_header_rewrite_domain="remote.invalid")
    assert without_received(content) == b"To: ann@remote.invalid\r\n\r\n"


def test_bytes_that_are_no_text_survive_in_a_rewritten_header() -> None:
    _, content = stored(local(), b"To: \xff <ann>, \xfe@x\r\n\r\n")
    assert b"To: \xff <ann@host.example>, \xfe@x\r\n" in content


def test_envelope_addresses_are_completed_whoever_sends() -> None:
    env, _ = stored(envelope("bob", "", sender="ann"), MESSAGE)
    assert env.sender == "ann@host.example"
    assert env.recipients == (
        Recipient("bob@host.example", "bob"),
        Recipient("MAILER-DAEMON@host.example", ""),
    )


def test_the_null_sender_stays() -> None:
    env, _ = stored(envelope(sender=""), MESSAGE, canonical_maps=("static:x@y",))
    assert env.sender == ""


def test_virtual_aliases_expand_until_nothing_matches() -> None:
    table = (
        "inline:{ {list@v.example = a@v.example, b@v.example} {a@v.example = joe}"
        " {b@v.example = @w.example} {@w.example = c@x.example, d@x.example} }"
    )
    env, _ = stored(envelope("list@v.example"), MESSAGE, virtual_alias_maps=(table,))
    assert [(r.address, r.original) for r in env.recipients] == [
        ("joe@host.example", "list@v.example"),
        ("c@x.example", "list@v.example"),
        ("d@x.example", "list@v.example"),
    ]


@pytest.mark.parametrize(
    ("entries", "result"),
    [
        ("{a@v = b@v} {b@v = a@v}", ["a@v"]),
        ("{a@v = a@v, c@v}", ["a@v", "c@v"]),
        ("{a@v = b@v, c@v} {c@v = b@v} {b@v = d@v}", ["d@v"]),
    ],
)
def test_aliases_in_circles_end(entries: str, result: list[str]) -> None:
    table = f"inline:{{ {entries} }}"
    env, _ = stored(envelope("a@v"), MESSAGE, virtual_alias_maps=(table,))
    assert [r.address for r in env.recipients] == result


def test_an_alias_bomb_is_refused_for_now() -> None:
    many = ", ".join(f"u{n}@x" for n in range(20))
    answer, here = submit(
        envelope("a@v"),
        MESSAGE,
        virtual_alias_maps=(f"inline:{{ {{a@v = {many}}} }}",),
        virtual_alias_expansion_limit=10,
    )
    assert answer == Refused(451, "4.6.0", "Alias expansion error")
    assert "unreasonable virtual_alias_maps map expansion size for <a@v>" in here.journal.lines[0]
    assert not here.qmgr.stored


def test_an_endless_chain_is_refused_for_now() -> None:
    table = r"pcre:{ {/^(.*)@v$/ = x$1@v} }"
    answer, _ = submit(
        envelope("a@v"),
        MESSAGE,
        virtual_alias_maps=(table,),
        virtual_alias_recursion_limit=50,
    )
    assert answer.code == "4.6.0"


def test_an_extension_is_carried_to_the_result() -> None:
    table = "inline:{ {joe@v.example = ann@w.example} {joe+own@v.example = own@w.example} }"
    env, _ = stored(
        envelope("joe+list@v.example", "joe+own@v.example"),
        MESSAGE,
        virtual_alias_maps=(table,),
        recipient_delimiter="+",
    )
    assert [r.address for r in env.recipients] == ["ann+list@w.example", "own@w.example"]


def test_a_bare_key_stands_for_our_own_users_only() -> None:
    env, _ = stored(
        envelope("joe@localhost", "joe@w.example"),
        MESSAGE,
        virtual_alias_maps=("inline:{joe=ann@x.example}",),
    )
    assert [r.address for r in env.recipients] == ["ann@x.example", "joe@w.example"]


def test_a_list_is_no_final_delivery() -> None:
    to = Recipient("list@v", notify=(Notify.SUCCESS,))
    env, _ = stored(
        structs.replace(envelope(), recipients=(to,)),
        MESSAGE,
        virtual_alias_maps=("inline:{ {list@v = a@x, b@x} }",),
    )
    assert [r.notify for r in env.recipients] == [(Notify.NEVER,)] * 2


def test_duplicates_are_removed_without_regard_to_case() -> None:
    env, _ = stored(envelope("b@x", "B@X", "c@x", "b@x"), MESSAGE)
    assert [r.address for r in env.recipients] == ["b@x", "c@x"]


def test_aliases_to_one_mailbox_are_one_if_originals_do_not_count() -> None:
    env, _ = stored(
        envelope("a@v", "b@v"),
        MESSAGE,
        virtual_alias_maps=("inline:{ {a@v = c@x} {b@v = c@x} }",),
        enable_original_recipient=False,
    )
    assert env.recipients == (Recipient("c@x"),)


def test_canonical_tables_act_by_class() -> None:
    env, content = stored(
        local("joe", sender="joe"),
        b"From: joe\r\nTo: joe\r\n\r\n",
        sender_canonical_maps=("inline:{joe=Joe.User@example.org}",),
        recipient_canonical_maps=("inline:{joe=box@example.org}",),
        recipient_canonical_classes=("header_recipient",),
    )
    assert env.sender == "Joe.User@example.org"
    assert env.recipients[0].address == "joe@host.example"
    assert b"From: Joe.User@example.org\r\nTo: box@example.org\r\n" in content


def test_blind_copies_go_out_silently_and_not_for_our_own_mail() -> None:
    settings = {
        "always_bcc": "archive",
        "sender_bcc_maps": ("inline:{a@one.example=s@x}",),
        "recipient_bcc_maps": ("inline:{@two.example=r@x}",),
    }
    env, _ = stored(envelope(), MESSAGE, **settings)
    assert [r.address for r in env.recipients[1:]] == ["archive@host.example", "s@x", "r@x"]
    assert all(r.notify == (Notify.NEVER,) for r in env.recipients[1:])
    env, _ = stored(envelope(client=None), MESSAGE, **settings)
    assert len(env.recipients) == 1


def test_too_many_hops_are_refused() -> None:
    text = b"Received: x\r\n" * 49 + b"\r\n"
    answer, here = submit(envelope(), text)
    assert answer == Refused(554, "5.4.0", "Error: too many hops")
    assert here.journal.lines[0].startswith(f"{ID}: reject: content from client.example[192.0.2.1]")
    answer, _ = submit(envelope(), text[13:])
    assert answer == Queued(ID)


def test_too_large_a_message_is_refused() -> None:
    answer, _ = submit(envelope(), MESSAGE, message_size_limit=20)
    assert answer == Refused(552, "5.3.4", "Error: message file too big")


def test_a_message_for_nobody_is_refused() -> None:
    answer, _ = submit(Envelope("a@b", (), ARRIVAL), MESSAGE)
    assert answer == Refused(550, "5.1.0", "Error: no recipients specified")


def test_a_table_that_cannot_be_read_means_later() -> None:
    for parameter in ("virtual_alias_maps", "canonical_maps", "recipient_bcc_maps"):
        answer, here = submit(envelope(), MESSAGE, **{parameter: ("fail:gone",)})
        assert answer == Refused(451, "4.3.0", "Error: temporary lookup failure")
        assert parameter in here.journal.lines[0]
        assert not here.qmgr.stored


def test_a_table_that_gives_no_address_means_later() -> None:
    answer, _ = submit(envelope(), MESSAGE, virtual_alias_maps=("static:(none)",))
    assert answer == Refused(451, "4.3.0", "Error: temporary lookup failure")


def test_rewriting_that_is_away_means_later() -> None:
    async def story(here: Bench) -> None:
        here.rewrite.away = "a table is locked"
        answer = await here.client.ask(Submit(ID, envelope(), MESSAGE))
        assert answer == Refused(451, "4.3.0", "Error: temporary lookup failure")

    here = run(story)
    assert "a table is locked" in here.journal.lines[0]


def test_an_address_is_asked_about_once_a_second() -> None:
    async def story(here: Bench) -> None:
        for _ in range(5):
            await here.client.ask(Submit(ID, envelope(), MESSAGE))
        assert here.rewrite.questions == 1

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
def test_content_that_is_not_in_wire_form_ends_the_connection(content: bytes) -> None:
    async def story(here: Bench) -> None:
        with pytest.raises(Unavailable):
            await here.client.ask(Submit(ID, envelope(), content))
        with pytest.raises(Unavailable):
            await upload(here, content)
        assert not here.qmgr.stored

    run(story)


async def upload(here: Bench, content: bytes, size: int = 3) -> Any:
    assert await here.client.ask(Begin(ID, envelope())) == Ready()
    for start in range(0, len(content), size):
        answer = await here.client.ask(Chunk(ID, content[start : start + size]))
        if answer != Ready():
            return answer
    return await here.client.ask(End(ID))


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_pieces_of_any_size_make_the_same_message(size: int) -> None:
    async def story(here: Bench) -> None:
        assert await upload(here, MESSAGE, size) == Queued(ID)
        assert without_received(here.qmgr.stored[ID][1]) == MESSAGE

    run(story)


def test_a_large_message_goes_into_a_file_byte_for_byte() -> None:
    large = MESSAGE + (b"x" * 3000 + b"\r\n..\r\n") * 500

    async def story(here: Bench) -> None:
        intake = Intake(here.client)
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


def test_an_abandoned_message_is_forgotten() -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Begin(ID, envelope()))
        await here.client.ask(Chunk(ID, MESSAGE))
        assert await here.client.ask(Abandon(ID)) == Ready()
        with pytest.raises(Unavailable):
            await here.client.ask(End(ID))
        assert not here.qmgr.stored

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
