"""The envelope cleanup hands on: completion, canonical, virtual alias and bcc tables."""

import pytest
from msgspec import structs

from postroom.contracts.cleanup import (
    Refused,
    Submit,
)
from postroom.mail.envelope import Envelope, Notify, Recipient
from unit.cleanup.peers import Bench
from unit.cleanup.stories import ARRIVAL, ID, MESSAGE, envelope, local, run, stored, submit


def test_envelope_addresses_are_completed_whoever_sends() -> None:
    env, _ = stored(envelope("bob", "", sender="ann"), MESSAGE)
    assert env.sender == "ann@host.example"
    assert env.recipients == (
        Recipient("bob@host.example", "bob"),
        Recipient("MAILER-DAEMON@host.example", ""),
    )


def test_the_mailer_daemon_hears_nothing() -> None:
    for sender in ("MAILER-DAEMON", "mailer-daemon@HOST.example"):
        assert stored(envelope(sender=sender), MESSAGE)[0].sender == ""
    env, _ = stored(envelope(sender="MAILER-DAEMON@else.example"), MESSAGE)
    assert env.sender == "MAILER-DAEMON@else.example"


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


def test_an_alias_bomb_is_refused_for_now() -> None:
    many = ", ".join(f"u{n}@x" for n in range(20))
    answer, here = submit(
        envelope("a@v"),
        MESSAGE,
        virtual_alias_maps=(f"inline:{{ {{a@v = {many}}} }}",),
        virtual_alias_expansion_limit=10,
    )
    assert answer == Refused(451, "4.6.0", "Alias expansion error")
    assert "unreasonable virtual_alias_maps map expansion size for a@v " in here.journal.lines[0]
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


@pytest.mark.parametrize(
    "table",
    ["{a@v = b@v} {b@v = a@v}", "{a@v = b@v, x@w} {b@v = c@v} {c@v = B@V}"],
)
def test_aliases_that_lead_in_a_circle_are_refused_for_now_and_lose_no_mail(table: str) -> None:
    answer, here = submit(envelope("a@v"), MESSAGE, virtual_alias_maps=(f"inline:{{ {table} }}",))
    assert answer == Refused(451, "4.6.0", "Alias expansion error")
    assert "unreasonable virtual_alias_maps map nesting for a@v " in here.journal.lines[0]


@pytest.mark.parametrize(
    ("table", "result"),
    [
        ("{a@v = a@v, c@v}", ["a@v", "c@v"]),
        ("{a@v = A@v, b@v}", ["A@v", "b@v"]),
        ("{a@v = b@v, c@v} {c@v = b@v} {b@v = d@v}", ["d@v"]),
        ("{a@v = b@v, a@v} {b@v = a@v}", ["a@v"]),
        ("{a@v = b@v, c@v} {b@v = x@w} {c@v = b@v, y@w}", ["x@w", "y@w"]),
    ],
)
def test_an_alias_may_keep_its_own_name_and_others_may_share_what_they_lead_to(
    table: str, result: list[str]
) -> None:
    env, _ = stored(envelope("a@v"), MESSAGE, virtual_alias_maps=(f"inline:{{ {table} }}",))
    assert [one.address for one in env.recipients] == result


def test_an_overlong_result_is_refused_for_now_and_told() -> None:
    long = "x" * 400 + "@w"
    answer, here = submit(
        envelope("a@v"),
        MESSAGE,
        virtual_alias_maps=(f"inline:{{ {{a@v = {long}}} }}",),
        virtual_alias_address_length_limit=300,
    )
    assert answer == Refused(451, "4.6.0", "Alias expansion error")
    told = f"unreasonable virtual_alias_maps result {long[:300]}... -- message not accepted"
    assert told in here.journal.lines[0]


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


def test_an_address_that_becomes_others_is_told_of_if_the_sender_asked() -> None:
    wishes = (Notify.SUCCESS, Notify.DELAY)
    to = (
        Recipient("one@v", notify=wishes),
        Recipient("quiet@v"),
        Recipient("itself@v", notify=wishes),
    )
    table = "inline:{ {one@v = a@x} {quiet@v = b@x} {itself@v = itself@v} }"
    env, _ = stored(
        structs.replace(envelope(), recipients=to), MESSAGE, virtual_alias_maps=(table,)
    )
    assert env.expanded == to[:1]
    assert [(r.address, r.notify) for r in env.recipients] == [
        ("a@x", (Notify.DELAY,)),
        ("b@x", ()),
        ("itself@v", wishes),
    ]


def test_a_list_is_no_final_delivery() -> None:
    to = Recipient("list@v", notify=(Notify.SUCCESS,))
    env, _ = stored(
        structs.replace(envelope(), recipients=(to,)),
        MESSAGE,
        virtual_alias_maps=("inline:{ {list@v = a@x, b@x} }",),
    )
    assert [r.notify for r in env.recipients] == [(Notify.NEVER,)] * 2


def test_what_has_no_host_to_hide_stays_as_it_is_written() -> None:
    env, _ = stored(
        structs.replace(envelope(), sender="joe@Example.ORG"),
        MESSAGE,
        masquerade_domains=("example.org",),
    )
    assert env.sender == "joe@Example.ORG"


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
    assert env.recipients == (Recipient("c@x", "a@v"),)


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


def test_hosts_are_hidden_by_class_with_exceptions() -> None:
    env, content = stored(
        local("root@a.b.example", "eve@in.example.org", sender="joe@Host.B.Example"),
        b"From: joe@host.b.example\r\nTo: root@a.b.example, ann@b.example\r\n"
        b"Cc: x@sub.open.b.example, y@anb.example\r\n\r\n",
        masquerade_domains=("!open.b.example", "b.example", "Example.org"),
        masquerade_exceptions=("ROOT",),
    )
    assert env.sender == "joe@b.example"
    assert [r.address for r in env.recipients] == ["root@a.b.example", "eve@in.example.org"]
    assert b"From: joe@b.example\r\nTo: root@a.b.example, ann@b.example\r\n" in content
    assert b"Cc: x@sub.open.b.example, y@anb.example\r\n" in content
    env, _ = stored(
        envelope("eve@in.example.org"),
        MESSAGE,
        masquerade_domains=("example.org",),
        masquerade_classes=("envelope_recipient",),
        virtual_alias_maps=("inline:{eve@example.org=zoe@c.example}",),
    )
    assert [r.address for r in env.recipients] == ["zoe@c.example"]


def test_exceptions_that_cannot_be_read_mean_later() -> None:
    answer, _ = submit(
        envelope(sender="u@h.b.example"),
        MESSAGE,
        masquerade_domains=("b.example",),
        masquerade_exceptions=("fail:gone",),
    )
    assert answer == Refused(451, "4.3.0", "Error: queue file write error")


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


def test_a_message_for_nobody_is_refused() -> None:
    answer, _ = submit(Envelope("a@b", (), ARRIVAL), MESSAGE)
    assert answer == Refused(550, "5.1.0", "Error: no recipients specified")


def test_a_table_that_cannot_be_read_means_later() -> None:
    for parameter in ("virtual_alias_maps", "canonical_maps", "recipient_bcc_maps"):
        answer, here = submit(envelope(), MESSAGE, **{parameter: ("fail:gone",)})
        assert answer == Refused(451, "4.3.0", "Error: queue file write error")
        assert parameter in here.journal.lines[0]
        assert not here.qmgr.stored


def test_a_table_that_gives_no_address_means_later() -> None:
    answer, _ = submit(envelope(), MESSAGE, virtual_alias_maps=("static:(none)",))
    assert answer == Refused(451, "4.3.0", "Error: queue file write error")


def test_rewriting_that_is_away_means_later() -> None:
    async def story(here: Bench) -> None:
        here.rewrite.away = "a table is locked"
        answer = await here.client.ask(Submit(ID, envelope(), MESSAGE))
        assert answer == Refused(451, "4.3.0", "Error: queue file write error")

    here = run(story)
    assert "a table is locked" in here.journal.lines[0]


def test_an_address_is_asked_about_once_a_second() -> None:
    async def story(here: Bench) -> None:
        for _ in range(5):
            await here.client.ask(Submit(ID, envelope(), MESSAGE))
        assert here.rewrite.questions == 1

    run(story)


@pytest.mark.parametrize(("sender", "verp"), [("", "+="), ("a@one.example", "#=")])
def test_return_paths_that_cannot_vary_are_refused(sender: str, verp: str) -> None:
    answer, here = submit(envelope(sender=sender, verp=verp), b"Subject: x\r\n\r\n")
    assert isinstance(answer, Refused)
    assert (answer.reply, answer.code) == (554, "5.5.4")
    assert here.qmgr.stored == {}


def test_the_wish_for_return_paths_that_vary_goes_on_with_the_message() -> None:
    kept, _ = stored(envelope(verp="-="), b"Subject: x\r\n\r\n", verp_delimiter_filter="-=")
    assert kept.verp == "-="
