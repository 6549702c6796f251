"""How much nonsense, and how much time, a client may spend."""

import asyncio
from pathlib import Path

import pytest

from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker


async def drip(client: Talker, byte: bytes) -> str:
    """Send a byte every 10 ms until there is a reply."""
    reply = asyncio.ensure_future(client.reply())
    while not reply.done():
        client.send(byte)
        await asyncio.sleep(0.01)
    return reply.result()


def test_errors_cost_time_and_then_the_session(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        loop = asyncio.get_running_loop()
        times = []
        for _ in range(5):
            begin = loop.time()
            assert (await client.say("NONSENSE")).startswith("500 ")
            times.append(loop.time() - begin)
        # The event loop's clock counts whole milliseconds.
        assert max(times[:2]) < 0.28
        assert min(times[2:]) >= 0.29
        assert await client.reply() == "421 4.7.0 mail.example.com Error: too many errors"
        assert await client.reply() == ""

    scene = play(
        tmp_path,
        story,
        smtpd_soft_error_limit=2,
        smtpd_hard_error_limit=5,
        smtpd_error_sleep_time=0.3,
    )
    assert scene.log("too many errors after UNKNOWN from localhost[127.0.0.1]")


def test_a_delivered_message_wins_back_patience(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for _ in range(4):
            await client.say("NONSENSE")
            await client.mail("user@example.com")
            assert (await client.message()).startswith("250 ")
        await client.quit()

    play(tmp_path, story, smtpd_hard_error_limit=2)


def test_junk_commands_become_errors(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for _ in range(9):
            await client.say("NOOP")
        assert (await client.reply()).startswith("421 4.7.0 ")

    play(
        tmp_path,
        story,
        smtpd_junk_command_limit=5,
        smtpd_soft_error_limit=1,
        smtpd_hard_error_limit=5,
    )


def test_a_silent_client_is_sent_away(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.reply() == "421 4.4.2 mail.example.com Error: timeout exceeded"
        assert await client.reply() == ""

    scene = play(tmp_path, story, smtpd_timeout=0.1)
    assert scene.log("timeout after EHLO from localhost[127.0.0.1]")


def test_a_dripping_command_is_no_sign_of_life(tmp_path: Path) -> None:
    """Slow loris: the deadline is for the whole command."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert (await drip(client, b"N")).startswith("421 4.4.2 ")

    play(tmp_path, story, smtpd_timeout=0.2, smtpd_per_request_deadline=True)


def test_without_a_deadline_for_the_whole_every_byte_is_a_sign_of_life(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for byte in b"MAIL FROM:<a@b.example> BODY=7BIT\r\n":
            client.send(bytes([byte]))
            await asyncio.sleep(0.02)
        assert (await client.reply()).startswith("250 2.1.0 ")
        await client.say("RCPT TO:<user@example.com>")
        await client.say("DATA")
        for byte in b"x" * 30 + b"\r\n.\r\n":
            client.send(bytes([byte]))
            await asyncio.sleep(0.02)
        assert (await client.reply()).startswith("250 ")
        assert (await client.reply()).startswith("421 4.4.2 ")

    play(tmp_path, story, smtpd_timeout=0.3, smtpd_min_data_rate=500)


def test_dripping_content_has_to_keep_up_the_data_rate(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("DATA")
        assert (await drip(client, b"x")).startswith("421 4.4.2 ")

    scene = play(
        tmp_path,
        story,
        smtpd_timeout=0.2,
        smtpd_min_data_rate=500,
        smtpd_per_request_deadline=True,
    )
    assert scene.log("timeout after DATA (")
    assert scene.world.mail == []


def test_content_that_flows_may_take_longer_than_the_timeout(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        await client.say("DATA")
        for _ in range(80):
            client.send(b"x" * 98 + b"\r\n")
            await asyncio.sleep(0.01)
        client.send(b".\r\n")
        assert (await client.reply()).startswith("250 ")
        await client.quit()

    play(
        tmp_path,
        story,
        smtpd_timeout=0.5,
        smtpd_min_data_rate=500,
        smtpd_per_request_deadline=True,
    )


def test_dripping_chunks_have_to_keep_up_the_data_rate(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        client.send(b"BDAT 8000 LAST\r\n")
        for _ in range(80):
            client.send(b"x" * 50)
            await asyncio.sleep(0.01)
        assert (await drip(client, b"x")).startswith("421 4.4.2 ")

    play(
        tmp_path,
        story,
        smtpd_timeout=0.3,
        smtpd_min_data_rate=500,
        smtpd_per_request_deadline=True,
    )


def test_recipients_are_limited_and_the_overshoot_is_tolerated(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        replies = await client.mail(*["user@example.com"] * 6)
        assert [reply[:9] for reply in replies[1:]] == ["250 2.1.5"] * 2 + ["452 4.5.3"] * 4
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(
        tmp_path,
        story,
        smtpd_recipient_limit=2,
        smtpd_recipient_overshoot_limit=3,
        smtpd_hard_error_limit=2,
    )
    assert len(scene.world.mail[0][1].recipients) == 2


@pytest.mark.parametrize("line", ["GET / HTTP/1.0", "post /x HTTP/1.1", "CONNECT x:25", "Host: x"])
def test_what_is_no_smtp_at_all_is_cut_off(tmp_path: Path, line: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        reply = await client.say(line)
        assert reply == "221 2.7.0 Error: I can break rules, too. Goodbye."
        assert await client.reply() == ""

    scene = play(tmp_path, story, smtpd_forbidden_commands=("CONNECT", "GET", "POST"))
    assert scene.log(f"warning: non-SMTP command from localhost[127.0.0.1]: {line}")


def test_content_before_the_go_ahead_is_no_content(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        client.send("DATA\r\nSubject: early\r\n\r\n.\r\n")
        assert await client.reply() == "554 5.5.0 Error: SMTP protocol synchronization"
        assert await client.reply() == ""

    scene = play(tmp_path, story, smtpd_forbid_unauth_pipelining=True)
    assert scene.world.mail == []
    assert scene.log(
        "improper command pipelining after DATA from localhost[127.0.0.1]: "
        "Subject: early\\r\\n\\r\\n.\\r\\n"
    )


def test_early_talk_can_be_tolerated(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        client.send("DATA\r\nSubject: early\r\n\r\n.\r\n")
        assert (await client.reply()).startswith("354 ")
        assert (await client.reply()).startswith("250 ")
        await client.quit()

    play(tmp_path, story, smtpd_forbid_unauth_pipelining=False)


def test_bare_newlines_are_normalized(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        assert (await client.message(b"a\nb\n.\nc\r\n")).startswith("250 ")
        await client.quit()

    scene = play(tmp_path, story)
    assert scene.world.mail[0][2] == b"a\r\nb\r\n..\r\nc\r\n"


def test_bare_newlines_can_be_refused(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail("user@example.com")
        reply = await client.message(b"a\nb\r\n")
        assert reply == "550 5.5.2 mail.example.com Error: bare <LF> received"
        assert await client.reply() == ""

    scene = play(
        tmp_path,
        story,
        smtpd_forbid_bare_newline="reject",
        smtpd_forbid_bare_newline_exclusions=(),
    )
    assert scene.world.mail == []


def test_excluded_clients_may_send_bare_newlines(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        client.send("NOOP\n")
        assert (await client.reply()).startswith("250 ")
        await client.quit()

    play(
        tmp_path,
        story,
        smtpd_forbid_bare_newline="reject",
        smtpd_forbid_bare_newline_exclusions=("127.0.0.0/8",),
    )


def test_a_service_that_leaves_finishes_messages_and_dismisses_the_rest(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        idle, busy = await scene.client(), await scene.client()
        await busy.mail("user@example.com")
        leaving = asyncio.ensure_future(scene.listening.until_leaving())
        scene.activity.leave()
        assert await idle.reply() == "421 4.3.2 mail.example.com Service shutting down"
        assert await idle.reply() == ""
        assert (await busy.message()).startswith("250 ")
        assert (await busy.reply()).startswith("421 4.3.2 ")
        await leaving

    scene = play(tmp_path, story)
    assert len(scene.world.mail) == 1


def test_a_client_that_does_not_read_is_not_read(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for _ in range(200):
            client.send("MAIL FROM:<nonsense\r\n" * 1000)
            await asyncio.sleep(0)
        assert scene.backlog < 1_000_000
        client.writer.transport.abort()

    play(tmp_path, story, smtpd_hard_error_limit=10_000_000, smtpd_soft_error_limit=10_000_000)
