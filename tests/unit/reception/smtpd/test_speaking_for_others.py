"""XFORWARD changes what is said of a message, XCLIENT who the client is; only who may may."""

from pathlib import Path

import pytest

from postroom.contracts import milter
from postroom.mail.envelope import Upstream
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker

HERE = ("127.0.0.0/8",)
XFORWARD = {"smtpd_authorized_xforward_hosts": HERE}
XCLIENT = {"smtpd_authorized_xclient_hosts": HERE}
US = "localhost[127.0.0.1]"


async def deliver(client: Talker) -> None:
    await client.mail("user@example.com")
    assert (await client.message()).startswith("250 ")


def test_the_log_and_the_envelope_name_who_had_the_message_before(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "\n250-XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT\r" in await client.say(
            "EHLO filter.example"
        )
        said = "XFORWARD NAME=a.example ADDR=192.0.2.7 PORT=4711"
        assert await client.say(said) == "250 2.0.0 Ok"
        said = "XFORWARD PROTO=SMTP HELO=helo.example IDENT=4cKxyz SOURCE=REMOTE"
        assert await client.say(said) == "250 2.0.0 Ok"
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XFORWARD, local_header_rewrite_clients=("static:all",))
    ((queue_id, envelope, _),) = scene.world.mail
    (line,) = scene.log(": client=")
    assert line == (
        f"{queue_id}: client={US}, orig_queue_id=4cKxyz, orig_client=a.example[192.0.2.7]"
    )
    before = Upstream(
        "a.example[192.0.2.7]", "a.example", "192.0.2.7", 4711, "helo.example", "SMTP"
    )
    assert envelope.forwarded == envelope.upstream == before
    assert envelope.forwarded_id == "4cKxyz"
    # Received headers and filters are told of the real one.
    assert envelope.client is not None
    assert (envelope.client.address, envelope.client.helo) == ("127.0.0.1", "filter.example")
    assert scene.log("disconnect from")[0].endswith(
        " ehlo=1 xforward=2 mail=1 rcpt=1 data=1 quit=1 commands=7"
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("IDENT=X", ", orig_queue_id=X"),
        ("SOURCE=LOCAL", ""),
        ("HELO=x", ", orig_client=unknown"),
        ("NAME=a.example", ", orig_client=a.example"),
        ("NAME=[UNAVAILABLE] ADDR=[UNAVAILABLE]", ", orig_client=unknown"),
        ("ADDR=192.0.2.7", ", orig_client=unknown[192.0.2.7]"),
        ("NAME=a.example ADDR=IPV6:2001:db8::1", ", orig_client=a.example[2001:db8::1]"),
    ],
)
def test_what_is_not_told_is_unknown(tmp_path: Path, said: str, shown: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        assert await client.say(f"XFORWARD {said}") == "250 2.0.0 Ok"
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XFORWARD)
    assert scene.log(": client=")[0].endswith(f"client={US}{shown}")


@pytest.mark.parametrize("between", ["RSET", "EHLO x", "message"])
def test_it_holds_for_one_message(tmp_path: Path, between: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("XFORWARD NAME=a.example ADDR=192.0.2.7 IDENT=X SOURCE=LOCAL")
        if between == "message":
            await deliver(client)
        else:
            await client.say(between)
        await deliver(client)
        await client.quit()

    strangers = {"local_header_rewrite_clients": ("permit_mynetworks",)}
    scene = play(tmp_path, story, **XFORWARD, **strangers)
    envelope = scene.world.mail[-1][1]
    assert (envelope.forwarded, envelope.forwarded_id) == (None, "")
    assert not envelope.rewrite_locally
    assert envelope.upstream is not None
    assert envelope.upstream.shown == US
    assert scene.log(": client=")[-1].endswith(f"client={US}")


@pytest.mark.parametrize(("source", "local"), [("LOCAL", True), ("REMOTE", False)])
def test_a_source_decides_whether_headers_are_completed(
    tmp_path: Path, source: str, local: bool
) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say(f"XFORWARD SOURCE={source}")
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XFORWARD)
    assert scene.world.mail[0][1].rewrite_locally is local


def test_it_gives_no_access(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("XFORWARD NAME=a.example ADDR=192.0.2.7")
        assert (await client.mail("x@far.example"))[1].startswith("554 5.7.1 ")
        await client.quit()

    scene = play(
        tmp_path, story, **XFORWARD, smtpd_relay_restrictions=("permit_mynetworks", "reject")
    )
    assert f"RCPT from {US}: 554 5.7.1" in scene.log("NOQUEUE: reject: ")[0]


@pytest.mark.parametrize("verb", ["XCLIENT", "XFORWARD"])
def test_nobody_becomes_another_within_a_message(tmp_path: Path, verb: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        for command in ("MAIL FROM:<>", "RCPT TO:<user@example.com>", "BDAT 3\r\nx"):
            await client.say(command)
            for words in ("", "NAME=a.example", "NAME"):
                reply = await client.say(f"{verb} {words}")
                assert reply == "503 5.5.1 Error: MAIL transaction in progress"
        await client.quit()

    play(tmp_path, story, **XFORWARD, **XCLIENT)


@pytest.mark.parametrize("verb", ["XCLIENT", "XFORWARD"])
def test_only_clients_on_the_list_may(tmp_path: Path, verb: str) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert verb not in await client.say("EHLO x")
        reply = await client.say(f"{verb} NAME=a.example")
        assert reply == "550 5.7.0 Error: insufficient authorization"
        await client.quit()

    elsewhere = ("192.0.2.0/24",)
    scene = play(
        tmp_path,
        story,
        smtpd_authorized_xclient_hosts=elsewhere,
        smtpd_authorized_xforward_hosts=elsewhere,
    )
    assert f" {verb.lower()}=0/1 " in scene.log("disconnect from")[0]


def test_headers_are_completed_for_the_connection_and_not_for_who_it_became(tmp_path: Path) -> None:
    """permit_inet_interfaces is about sockets, in Postfix as well."""

    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("XCLIENT ADDR=192.0.2.7 HELO=x")
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XCLIENT)
    assert scene.world.mail[0][1].rewrite_locally


def test_a_client_becomes_another_from_the_greeting_on(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "\n250-XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT\r" in (
            await client.say("EHLO x")
        )
        said = "XCLIENT NAME=a.example ADDR=192.0.2.7 PORT=4711"
        assert await client.say(said) == "220 mail.example.com ESMTP"
        reply = await client.say("MAIL FROM:<a@x.example>")
        assert reply == "503 5.5.1 Error: send HELO/EHLO first"
        assert "XCLIENT" not in await client.say("EHLO helo.example")
        reply = await client.say("XCLIENT NAME=b.example")
        assert reply == "550 5.7.0 Error: insufficient authorization"
        assert (await client.mail("x@far.example"))[1].startswith("250 ")
        assert (await client.message()).startswith("250 ")
        await client.quit()

    scene = play(
        tmp_path,
        story,
        **XCLIENT,
        smtpd_helo_required=True,
        smtpd_relay_restrictions=("permit_mynetworks", "reject"),
    )
    ((_, envelope, _),) = scene.world.mail
    client = envelope.client
    assert client is not None
    assert (client.name, client.address, client.port) == ("a.example", "192.0.2.7", 4711)
    assert (client.helo, client.protocol) == ("helo.example", "ESMTP")
    assert envelope.forwarded is None
    assert scene.log(": client=")[0].endswith("client=a.example[192.0.2.7]")
    # As in Postfix, where the command never comes to its end.
    (line,) = scene.log("disconnect from a.example[192.0.2.7] ")
    assert " xclient=0/2 " in line


def test_a_name_that_was_given_with_the_address_still_counts(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        said = "XCLIENT ADDR=192.0.2.7 HELO=first.example PROTO=ESMTP LOGIN=joe"
        assert (await client.say(said)).startswith("220 ")
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XCLIENT, smtpd_helo_required=True)
    client = scene.world.mail[0][1].client
    assert client is not None
    assert (client.helo, client.protocol, client.sasl_username) == (
        "first.example",
        "ESMTPA",
        "joe",
    )
    assert ", sasl_method=XCLIENT, sasl_username=joe" in scene.log(": client=")[0]


def test_a_login_lasts_until_the_client_becomes_another_without_one(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("XCLIENT LOGIN=joe HELO=x.example PROTO=ESMTP")
        await client.say("XCLIENT NAME=a.example")
        await client.say("HELO y.example")
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XCLIENT)
    client = scene.world.mail[0][1].client
    assert client is not None
    assert (client.sasl_username, client.protocol, client.helo) == ("", "SMTP", "y.example")


@pytest.mark.parametrize(
    ("said", "code"), [("[UNAVAILABLE]", "550 5.7.25"), ("[TEMPUNAVAIL]", "450 4.7.25")]
)
def test_access_rules_see_what_became_of_the_search_for_a_name(
    tmp_path: Path, said: str, code: str
) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say(f"XCLIENT NAME={said} ADDR=192.0.2.7")
        await client.say("EHLO x")
        assert (await client.mail("user@example.com"))[1].startswith(code)
        await client.quit()

    rules = {"smtpd_client_restrictions": ("reject_unknown_client_hostname",)}
    play(tmp_path, story, **XCLIENT, **rules, unknown_client_reject_code=550)


def test_who_is_not_let_in_is_told_in_place_of_a_greeting(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        scene.world.tables["hash:/clients"] = {"192.0.2.7": "REJECT"}
        client = await scene.client()
        reply = await client.say("XCLIENT NAME=a.example ADDR=192.0.2.7")
        assert reply.startswith("554 5.7.1 <a.example[192.0.2.7]>: Client host rejected")
        assert (await client.say("EHLO x")).startswith("503 5.7.0 Error: access denied for a.")
        await client.quit()

    rules = {"smtpd_client_restrictions": ("check_client_access", "hash:/clients")}
    play(tmp_path, story, **XCLIENT, **rules, smtpd_delay_reject=False)


def test_the_client_it_became_is_counted_and_itself_is_not(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        first = await scene.client()
        second = await scene.client()
        assert (await first.say("XCLIENT ADDR=192.0.2.7")).startswith("220 ")
        reply = await second.say("XCLIENT ADDR=192.0.2.7")
        assert reply.startswith("421 4.7.0 mail.example.com Error: too many connections from ")
        assert await second.reply() == ""
        await first.quit()
        third = await scene.client()
        assert (await third.say("XCLIENT ADDR=192.0.2.7")).startswith("220 ")

    limits = {"smtpd_client_connection_count_limit": 1, "smtpd_client_event_limit_exceptions": ()}
    play(tmp_path, story, **XCLIENT, **limits)


def test_filters_meet_the_client_it_became(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.say("XCLIENT NAME=a.example ADDR=192.0.2.7 DESTADDR=192.0.2.9")
        await client.say("EHLO x")
        await deliver(client)
        await client.quit()

    scene = play(tmp_path, story, **XCLIENT, smtpd_milters=("inet:192.0.2.1:1",))
    asked = [one for one in scene.world.asked if isinstance(one, milter.Open | milter.Close)]
    kinds = [type(one).__name__ for one in asked]
    assert kinds == ["Open", "Close", "Open", "Close"]
    opened = [one for one in asked if isinstance(one, milter.Open)]
    assert [one.client.address for one in opened] == ["127.0.0.1", "192.0.2.7"]
    assert opened[1].local_address == "192.0.2.9"


@pytest.mark.parametrize(
    ("pattern", "may"), [("localhost", True), ("host", False), ("[::1]", False)]
)
def test_a_client_may_by_name_and_address(tmp_path: Path, pattern: str, may: bool) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert ("XFORWARD" in await client.say("EHLO x")) is may
        await client.quit()

    parents = {"parent_domain_matches_subdomains": ("smtpd_authorized_xforward_hosts",)}
    play(tmp_path, story, smtpd_authorized_xforward_hosts=(pattern,), **parents)


def test_a_list_that_cannot_be_searched_has_nobody(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.connect()
        await client.reply()
        assert "XFORWARD" not in await client.say("EHLO x")
        await client.quit()

    scene = play(tmp_path, story, smtpd_authorized_xforward_hosts=("hash:/no-such",))
    assert scene.log("warning: ")
