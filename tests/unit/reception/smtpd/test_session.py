"""A session from connect to disconnect: what the client reads, and what the log says."""

import asyncio
from pathlib import Path

import pytest

from postroom.contracts.cleanup import Begin, Queued, Refused
from postroom.esmtp.server import ServerEngine
from postroom.mail.envelope import Notify
from postroom.mail.queue_id import QueueId
from postroom.mail.received import Site, received
from postroom.reception.smtpd.connection import Connection
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transfer import Transfer
from unit.reception.smtpd.scene import Scene, play
from unit.refcounted import alive, only_refcounts


def test_a_message_is_handed_to_cleanup_as_it_came(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        assert await client.reply() == "220 mail.example.com ESMTP"
        assert await client.say("EHLO client.example") == (
            "250-mail.example.com\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n"
            "250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n"
            "250-SMTPUTF8\r\n250 CHUNKING"
        )
        assert await client.say("MAIL FROM:<a@client.example> BODY=8BITMIME ENVID=e RET=HDRS") == (
            "250 2.1.0 Ok"
        )
        assert await client.say("RCPT TO:<user@example.com> NOTIFY=NEVER") == "250 2.1.5 Ok"
        assert await client.say("DATA") == "354 End data with <CR><LF>.<CR><LF>"
        client.send(b"Subject: x\r\n\r\n..dot\r\n.\r\n")
        reply = await client.reply()
        queue_id, envelope, content = scene.world.mail[0]
        assert reply == f"250 2.0.0 Ok: queued as {queue_id}"
        assert content == b"Subject: x\r\n\r\n..dot\r\n"
        assert envelope.sender == "a@client.example"
        assert [(one.address, one.notify) for one in envelope.recipients] == [
            ("user@example.com", (Notify.NEVER,))
        ]
        assert (envelope.body, envelope.envid, envelope.ret) == ("8BITMIME", "e", "HDRS")
        assert envelope.client is not None
        assert envelope.client.helo == "client.example"
        assert envelope.client.protocol == "ESMTP"
        assert envelope.rewrite_locally
        assert await client.say("QUIT") == "221 2.0.0 Bye"
        assert await client.reply() == ""

    scene = play(tmp_path, story)
    queue_id = scene.world.mail[0][0]
    assert scene.journal.lines == [
        "connect from localhost[127.0.0.1]",
        f"{queue_id}: client=localhost[127.0.0.1]",
        "disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
    ]
    assert scene.journal.records[1] == {
        "MESSAGE": f"{queue_id}: client=localhost[127.0.0.1]",
        "QUEUE_ID": queue_id,
        "CLIENT_NAME": "localhost",
        "CLIENT_ADDRESS": "127.0.0.1",
    }


def test_many_messages_in_one_session_each_have_their_own_state(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for sender in ("one@x.org", "two@x.org", ""):
            await client.mail("user@example.com", sender=sender)
            assert (await client.message()).startswith("250 2.0.0 Ok: queued as ")
        await client.quit()

    scene = play(tmp_path, story)
    assert [mail[1].sender for mail in scene.world.mail] == ["one@x.org", "two@x.org", ""]
    assert len({mail[0] for mail in scene.world.mail}) == 3
    assert all(len(mail[1].recipients) == 1 for mail in scene.world.mail)


def test_a_group_of_commands_gets_its_replies_in_order(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        client.send(
            "MAIL FROM:<a@x.org>\r\nRCPT TO:<user@example.com>\r\nRCPT TO:<nobody@example.com>\r\n"
            "RCPT TO:<other@example.com>\r\nDATA\r\n"
        )
        assert [(await client.reply())[:3] for _ in range(5)] == ["250", "250", "550", "250", "354"]
        client.send(b"hello\r\n.\r\nRSET\r\nQUIT\r\n")
        assert [(await client.reply())[:3] for _ in range(3)] == ["250", "250", "221"]

    scene = play(tmp_path, story)
    recipients = scene.world.mail[0][1].recipients
    assert [one.address for one in recipients] == ["user@example.com", "other@example.com"]


def test_nothing_is_acknowledged_that_cleanup_did_not_store(tmp_path: Path) -> None:
    """Of what cleanup refuses the log has its reason, and nothing of ours."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        scene.world.outcome = lambda _: Refused(554, "5.4.0", "Error: too many hops")
        await client.mail("user@example.com")
        assert await client.message() == "554 5.4.0 Error: too many hops"
        scene.world.down.add("cleanup")
        await client.mail("user@example.com")
        assert await client.message() == "451 4.3.0 Error: queue file write error"
        scene.world.down.clear()
        scene.world.outcome = Queued
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story)
    assert len(scene.world.mail) == 1
    assert scene.log("data=1/3")
    assert not scene.log("reject: ")


def test_without_cleanup_no_recipient_is_accepted(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.down.add("cleanup")
        client = await scene.client()
        assert (await client.mail("user@example.com"))[1].startswith("451 4.3.0 ")
        assert await client.message() == "554 5.5.1 Error: no valid recipients"
        await client.quit()

    play(tmp_path, story)


@pytest.mark.parametrize("verb", ["DATA", "BDAT"])
def test_large_content_is_streamed_and_comes_out_whole(tmp_path: Path, verb: str) -> None:
    text = b"".join(b"%06d ...\r\n" % number for number in range(100_000))

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        if verb == "DATA":
            reply = await client.message(text)
        else:
            client.send(b"BDAT %d LAST\r\n%s" % (len(text), text))
            reply = await client.reply()
        assert reply.startswith("250 2.0.0 Ok: ")
        await client.quit()

    scene = play(tmp_path, story)
    assert scene.world.mail[0][2] == text
    assert any(isinstance(question, Begin) for question in scene.world.asked)


def test_a_slow_cleanup_makes_the_client_wait(tmp_path: Path) -> None:
    """Back-pressure: what cannot be passed on stays with the client."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("DATA")
        scene.world.hold.clear()
        client.send(b"x" * 78 + b"\r\n" + (b"y" * 78 + b"\r\n") * 100_000)
        await asyncio.sleep(0.2)
        assert scene.backlog < 1_000_000
        scene.world.hold.set()
        client.send(b".\r\n")
        assert (await client.reply()).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story)
    assert len(scene.world.mail[0][2]) == 100_001 * 80


def test_chunks_are_answered_one_by_one(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        client.send(b"BDAT 4\r\n.a\r\nBDAT 3 LAST\r\nb\r\n")
        assert await client.reply() == "250 2.0.0 Ok: 4 bytes"
        reply = await client.reply()
        assert reply == f"250 2.0.0 Ok: 3 bytes queued as {scene.world.mail[0][0]}"
        await client.quit()

    scene = play(tmp_path, story)
    assert scene.world.mail[0][2] == b"..a\r\nb\r\n"
    assert scene.log("bdat=2 quit=1")


def test_a_message_over_the_limit_is_refused_whichever_way_it_comes(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.say("MAIL FROM:<a@x.org> SIZE=100001") == (
            "552 5.3.4 Message size exceeds fixed limit"
        )
        await client.mail("user@example.com")
        big = b"x" * 998 + b"\r\n"
        assert await client.message(big * 101) == "552 5.3.4 Error: message file too big"
        await client.mail("user@example.com")
        client.send(b"BDAT 100001\r\n" + b"x" * 100_001)
        assert await client.reply() == "552 5.3.4 Chunk exceeds message size limit"
        client.send(b"BDAT 1 LAST\r\nx")
        assert await client.reply() == "551 5.0.0 Discarded 1 bytes after earlier error"
        await client.mail("user@example.com")
        assert (await client.message(big * 100)).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story, message_size_limit=100_000)
    assert len(scene.world.mail) == 1
    assert len(scene.world.abandoned) == 2
    assert scene.log(
        "NOQUEUE: reject: MAIL from localhost[127.0.0.1]: 552 5.3.4 Message size exceeds fixed "
        "limit; proto=ESMTP helo=<client.example>"
    )


def test_while_the_queue_is_full_mail_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        scene.world.outcome = lambda _: Refused(452, "4.3.1", "Insufficient system storage")
        await client.mail("user@example.com")
        assert (await client.message()).startswith("452 4.3.1 ")
        assert (await client.say("MAIL FROM:<me@x.example>")).startswith("452 4.3.1 ")
        await client.quit()

    scene = play(tmp_path, story)
    assert scene.log("reject: MAIL from localhost[127.0.0.1]: 452 4.3.1 Insufficient system")


@pytest.mark.parametrize("hidden", [True, False])
def test_those_who_get_the_message_may_be_told_nothing_of_the_client(
    tmp_path: Path, hidden: bool
) -> None:
    """smtpd_hide_client_session"""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.message()
        await client.quit()

    scene = play(tmp_path, story, smtpd_hide_client_session=hidden)
    ((queue_id, envelope, _),) = scene.world.mail
    header = received(envelope, QueueId(queue_id), Site("mail.example", "Postfix")).decode()
    if hidden:
        begin = f"Received: by mail.example (Postfix) id {queue_id};\r\n\t"
        assert header.startswith(begin)
        assert "for <" not in header
    else:
        assert header.startswith("Received: from client.example (localhost [127.0.0.1])")
    assert scene.log("client=localhost[127.0.0.1]")


@pytest.mark.parametrize("shown", [True, False])
def test_the_log_can_have_the_ports_of_clients(tmp_path: Path, shown: bool) -> None:
    """smtpd_client_port_logging: in each line that names the client, and for cleanup's lines."""
    ports = []

    async def story(scene: Scene) -> None:
        client = await scene.client()
        ports.append(client.writer.get_extra_info("sockname")[1])
        await client.mail("user@example.com")
        await client.message()
        await client.say("NOPE")
        await client.quit()

    scene = play(tmp_path, story, smtpd_client_port_logging=shown)
    named = f"localhost[127.0.0.1]:{ports[0]}" if shown else "localhost[127.0.0.1]"
    lines = scene.log("localhost[127.0.0.1]")
    assert [line for line in lines if f"{named} " not in f"{line} "] == []
    assert len(lines) >= 3
    ((_, envelope, _),) = scene.world.mail
    assert envelope.client is not None
    assert envelope.client.shown == named


@pytest.mark.parametrize("delayed", [True, False])
def test_a_message_has_its_queue_id_from_a_recipient_or_from_mail_on(
    tmp_path: Path, delayed: bool
) -> None:
    """smtpd_delay_open_until_valid_rcpt: refusals in between can name it."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        replies = await client.mail("nobody@example.com", "user@example.com")
        assert [reply[:3] for reply in replies] == ["250", "550", "250"]
        assert (await client.message()).startswith("250 ")
        await client.mail("nobody@example.com")
        await client.quit()

    scene = play(tmp_path, story, smtpd_delay_open_until_valid_rcpt=delayed)
    rejects = scene.log(": reject: RCPT from")
    ((queue_id, _, _),) = scene.world.mail
    assert rejects[0].startswith("NOQUEUE: " if delayed else f"{queue_id}: ")
    assert rejects[1].startswith("NOQUEUE: ") == delayed
    assert len(scene.log("client=localhost[127.0.0.1]")) == (1 if delayed else 2)


def test_a_session_is_freed_when_it_ends_by_counting_references(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        assert (await client.message()).startswith("250 ")
        await client.quit()
        await scene.end()
        assert alive(Connection, ClientSession, Transfer, ServerEngine) == []

    with only_refcounts():
        play(tmp_path, story)
