"""Who does not exist is refused while the client is there, wherever that can be known."""

from pathlib import Path

import pytest

from unit.reception.smtpd.asking import ACCESS, ask, fits
from unit.reception.smtpd.scene import Scene, play


@pytest.mark.parametrize(
    ("recipient", "reply"),
    [
        ("u@moved.example", "550 5.1.6 <u@moved.example>: …: User has moved to new.example"),
        ("u@closed.example", "550 5.1.1 <u@closed.example>: … rejected: no such office"),
        ("u@moving.example", "550 5.2.1 <u@moving.example>: … rejected: moving house"),
        ("u@later.example", "450 4.2.1 <u@later.example>: … rejected: moving house"),
        ("u@holiday.example", "450 4.1.1 <u@holiday.example>: … rejected: on holiday"),
        ("alias@moved.example", "250 "),
    ],
)
def test_what_would_be_returned_or_put_off_for_certain_is_not_taken(
    tmp_path: Path, recipient: str, reply: str
) -> None:
    got, _ = ask(
        tmp_path,
        recipient,
        table={"alias@moved.example": "x"},
        mynetworks=("0.0.0.0/0", "[::]/0"),
        virtual_alias_maps=(ACCESS,),
    )
    assert fits(got, reply)


@pytest.mark.parametrize(("maps", "told"), [(("hash:/ways",), "550 5.7.2 … not you"), ((), "250 ")])
def test_a_sender_s_own_way_decides_about_his_mail_alone(
    tmp_path: Path, maps: tuple[str, ...], told: str
) -> None:
    """sender_dependent_default_transport_maps, within the second that recipients are known for."""
    replies = []

    async def story(scene: Scene) -> None:
        client = await scene.client()
        for name in ("other", "barred", "other"):
            answered = await client.mail("user@example.com", sender=f"{name}@client.example")
            replies.append(answered[1])
            await client.say("RSET")
        await client.quit()

    play(tmp_path, story, sender_dependent_default_transport_maps=maps)
    assert fits(replies[1], told)
    assert [reply[:3] for reply in (replies[0], replies[2])] == ["250", "250"]


@pytest.mark.parametrize("key", ['"john doe"@alias.example', "john doe@alias.example"])
def test_a_name_in_quotes_is_found_in_tables_with_and_without_them(
    tmp_path: Path, key: str
) -> None:
    got, _ = ask(
        tmp_path, '"john doe"@alias.example', table={key: "x"}, virtual_alias_maps=(ACCESS,)
    )
    assert fits(got, "250 ")


@pytest.mark.parametrize(
    ("sender", "reply"),
    [
        ("nobody@example.com", "550 5.1.0 … in local recipient table"),
        ("user@example.com", "250 "),
        ("u@closed.example", "550 5.1.0 <u@closed.example>: Sender address … no such office"),
        ("u@nobody.example", "550 5.1.7 <u@nobody.example>: Sender … there is nobody"),
        ("u@moving.example", "550 5.2.1 "),
        ("u@holiday.example", "450 4.1.0 "),
        ("", "250 "),
    ],
)
@pytest.mark.parametrize("delay", [True, False])
def test_senders_who_do_not_exist_are_refused_whatever_their_list_permits(
    tmp_path: Path, sender: str, reply: str, *, delay: bool
) -> None:
    """smtpd_reject_unlisted_sender, in either place where senders are judged."""
    replies = []

    async def story(scene: Scene) -> None:
        client = await scene.client()
        answered = await client.mail("user@example.com", sender=sender)
        replies.append(answered[int(delay)])
        await client.quit()

    play(
        tmp_path,
        story,
        smtpd_reject_unlisted_sender=True,
        smtpd_sender_restrictions=("permit",),
        smtpd_delay_reject=delay,
    )
    assert fits(replies[0], reply)


def test_a_sender_who_does_not_exist_is_no_matter_of_mail_that_is_forgotten(
    tmp_path: Path,
) -> None:
    got, _ = ask(
        tmp_path,
        "user@example.com",
        sender="nobody@example.com",
        table={"nobody@example.com": "DISCARD"},
        smtpd_reject_unlisted_sender=True,
        smtpd_sender_restrictions=("check_sender_access", ACCESS),
    )
    assert fits(got, "250 ")


@pytest.mark.parametrize(
    ("options", "reply"), [((), "550 5.1.1 "), (("no_unknown_recipient_checks",), "250 ")]
)
def test_behind_a_content_filter_everybody_exists(
    tmp_path: Path, options: tuple[str, ...], reply: str
) -> None:
    got, _ = ask(tmp_path, "nobody@example.com", receive_override_options=options)
    assert fits(got, reply)


def test_a_recipient_is_looked_up_once_a_second(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        client = await scene.client()
        await client.mail(*["user@example.com"] * 20)
        await client.quit()
        lookups = [one for one in scene.world.asked if type(one).__name__ in ("Lookup", "Resolve")]
        assert len(lookups) <= 8

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("recipient", "listed", "reply"),
    [
        ("known@relay.example", (ACCESS,), "250 2.1.5 Ok"),
        ("other@relay.example", (ACCESS,), "550 5.1.1 … User unknown in relay recipient table"),
        ("other@relay.example", (), "250 2.1.5 Ok"),
        ("other@relay.example", ("hash:/away",), "451 4.3.0 "),
    ],
)
def test_whom_another_host_does_not_know_is_refused_where_its_users_are_listed(
    tmp_path: Path, recipient: str, listed: tuple[str, ...], reply: str
) -> None:
    """relay_recipient_maps; without them everybody may exist."""
    table = {"known@relay.example": "x"}
    got, _ = ask(tmp_path, recipient, table=table, relay_recipient_maps=listed)
    assert fits(got, reply)
