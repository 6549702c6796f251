"""Tables with access(5) entries, wherever a restriction looks one up."""

from pathlib import Path
from typing import Any

import pytest

from unit.reception.smtpd.asking import ACCESS, STRANGER, ask, fits
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.talker import Talker

OF_SENDERS = {"5.1.1": "5.1.7", "5.1.2": "5.1.8", "5.1.3": "5.1.7", "5.1.4": "5.1.7"}
OF_SENDERS |= {"5.1.5": "5.1.0", "5.1.6": "5.1.7", "5.1.7": "5.1.7", "5.1.8": "5.1.8"}
OF_RECIPIENTS = {"5.1.1": "5.1.1", "5.1.6": "5.1.6", "5.1.7": "5.1.3", "5.1.8": "5.1.2"}
OF_BOTH = {"5.1.0": "5.1.0", "5.1.9": "5.1.0", "5.1.10": "5.1.0", "5.7.1": "5.7.1"}


@pytest.mark.parametrize(
    ("subject", "key", "given", "meant"),
    [
        *(("sender", "a@client.example", *codes) for codes in (OF_SENDERS | OF_BOTH).items()),
        *(("recipient", "user@example.com", *codes) for codes in (OF_RECIPIENTS | OF_BOTH).items()),
        ("helo", "client.example", "5.1.1", "5.0.0"),
        ("helo", "client.example", "5.7.1", "5.7.1"),
    ],
)
def test_a_code_about_an_address_is_made_to_fit_whom_it_refuses(
    tmp_path: Path, subject: str, key: str, given: str, meant: str
) -> None:
    restrictions: dict[str, Any] = {
        f"smtpd_{subject}_restrictions": (f"check_{subject}_access", ACCESS)
    }
    got, scene = ask(tmp_path, "user@example.com", table={key: f"550 {given} no"}, **restrictions)
    assert fits(got, f"550 {meant} … no")
    told = [line for line in scene.journal.lines if line.startswith("mapping DSN status")]
    assert [line.split()[3] for line in told] == [given] * (meant != given)


@pytest.mark.parametrize(
    ("entry", "reply"),
    [
        ({"a@client.example": "REJECT"}, "554 5.7.1 … Access denied"),
        ({"client.example": "reject go away"}, "554 5.7.1 … go away"),
        ({"example": "550 5.1.8 bad place"}, "550 5.1.8 … bad place"),
        ({"a@": "421 not now"}, "421 4.7.1 <a@client.example>: Sender address rejected: not now"),
        ({"a@": "DEFER"}, "450 4.7.1 "),
        ({"a@client.example": "DUNNO", "client.example": "REJECT"}, "250 "),
        ({"a@client.example": "OK", "client.example": "REJECT"}, "250 "),
        ({"a@": "123456"}, "250 "),
        ({"a@": "550"}, "250 "),
        ({"a@": "DEFER_IF_PERMIT later"}, "450 4.7.1 … later"),
        ({"a@": "reject_non_fqdn_recipient, reject"}, "554 5.7.1 "),
        ({"a@": "WARN strange"}, "250 "),
        ({"a@": "FROBNICATE"}, "451 4.3.5 Server configuration error"),
        ({"b@client.example": "REJECT"}, "250 "),
    ],
)  # fmt: skip
def test_access_tables_for_senders(tmp_path: Path, entry: dict[str, str], reply: str) -> None:
    async def until_rcpt(client: Talker) -> str:
        return (await client.mail("user@example.com"))[1]

    replies = []

    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = entry
        client = await scene.client()
        replies.append(await until_rcpt(client))

    play(
        tmp_path,
        story,
        **STRANGER,
        smtpd_sender_restrictions=("check_sender_access", ACCESS),
        parent_domain_matches_subdomains=("smtpd_access_maps",),
    )
    assert fits(replies[0], reply)


@pytest.mark.parametrize(
    ("restriction", "key"),
    [
        ("check_client_access", "127.0.0.1"),
        ("check_client_access", "127.0"),
        ("check_client_access", "localhost"),
        ("check_helo_access", "client.example"),
        ("check_helo_access", "example"),
        ("check_recipient_access", "user@example.com"),
        ("check_recipient_access", "com"),
    ],
)
def test_access_tables_for_the_rest(tmp_path: Path, restriction: str, key: str) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        table={key: "REJECT no"},
        smtpd_recipient_restrictions=(restriction, ACCESS),
        parent_domain_matches_subdomains=("smtpd_access_maps",),
    )
    assert reply.startswith("554 5.7.1 <")
    assert reply.endswith(" rejected: no")


def test_the_null_sender_has_a_key_of_its_own(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        sender="",
        table={"<>": "REJECT"},
        smtpd_sender_restrictions=("check_sender_access", ACCESS),
    )
    assert reply.startswith("554 5.7.1 ")


def test_a_table_that_cannot_be_read_defers(tmp_path: Path) -> None:
    reply, scene = ask(
        tmp_path,
        "user@example.com",
        smtpd_client_restrictions=("check_client_access", "hash:/missing"),
    )
    assert reply == "451 4.3.0 <user@example.com>: Temporary lookup failure"
    assert scene.log("warning: hash:/missing lookup error: no such table")


def test_a_table_alone_stands_for_its_stage_s_restriction(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        table={"127.0.0.1": "REJECT"},
        smtpd_client_restrictions=(ACCESS,),
    )
    assert reply.startswith("554 5.7.1 <localhost[127.0.0.1]>: Client host rejected")


def test_tables_that_refer_to_each_other_come_to_an_end(tmp_path: Path) -> None:
    reply, _ = ask(
        tmp_path,
        "user@example.com",
        table={"a@": f"check_sender_access {ACCESS}"},
        smtpd_sender_restrictions=("check_sender_access", ACCESS),
    )
    assert reply == "451 4.3.5 Server configuration error"
