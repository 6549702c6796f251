"""DNS lists: who is named there is refused, and a list that does not answer harms nobody."""

from pathlib import Path

import pytest

from postroom.config.macros import expand
from postroom.reception.smtpd.access.dns_lists import parse_list
from postroom.reception.smtpd.access.verdict import Misconfigured
from unit.reception.smtpd.scene import Scene, play

LISTED = {
    ("1.0.0.127.bl.example", "A"): ("127.0.0.4",),
    ("1.0.0.127.bl.example", "TXT"): ("see https://bl.example",),
    ("client.example.names.example", "A"): ("127.0.0.2",),
    ("spam.example.names.example", "A"): ("127.0.0.2",),
}


def ask(tmp_path: Path, *words: str, sender: str = "a@spam.example", **settings: object) -> str:
    replies = []

    async def story(scene: Scene) -> None:
        scene.world.names = LISTED
        client = await scene.client()
        replies.append((await client.mail("user@example.com", sender=sender))[1])
        await client.quit()

    play(tmp_path, story, smtpd_recipient_restrictions=words, **settings)
    return replies[0]


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (
            ("reject_rbl_client", "bl.example"),
            "554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using bl.example; "
            "see https://bl.example",
        ),
        (
            ("reject_rhsbl_helo", "names.example"),
            "554 5.7.1 Service unavailable; Helo command [client.example] blocked using "
            "names.example",
        ),
        (
            ("reject_rhsbl_sender", "names.example"),
            "554 5.7.1 Service unavailable; Sender address [a@spam.example] blocked using "
            "names.example",
        ),
        (("reject_rbl_client", "bl.example=127.0.0.[2;4..9]"), "554 5.7.1 "),
        (("reject_rbl_client", "bl.example=127.0.0.[2;5..9]"), "250 2.1.5 Ok"),
        (("reject_rbl_client", "clean.example"), "250 2.1.5 Ok"),
        (("reject_rhsbl_client", "names.example"), "250 2.1.5 Ok"),
        (("permit_dnswl_client", "bl.example", "reject"), "250 2.1.5 Ok"),
        (("permit_dnswl_client", "clean.example", "reject"), "554 5.7.1 "),
        (("reject_rbl_client", "bl.example=127.0.0"), "451 4.3.5 Server configuration error"),
        (("reject_rbl_client",), "451 4.3.5 Server configuration error"),
    ],
)
def test_who_is_listed_is_refused_or_let_through_as_the_list_and_its_reply_say(
    tmp_path: Path, words: tuple[str, ...], reply: str
) -> None:
    assert ask(tmp_path, *words).startswith(reply)


def test_the_reply_can_be_chosen(tmp_path: Path) -> None:
    reply = ask(
        tmp_path,
        "reject_rbl_client",
        "bl.example",
        default_rbl_reply="$rbl_code 4.7.0 ${client_name} not wanted${rbl_reason?: $rbl_reason}",
        maps_rbl_reject_code=450,
    )
    assert reply == "450 4.7.0 localhost not wanted: see https://bl.example"


def test_what_a_list_says_is_not_expanded_again() -> None:
    values = {"rbl_reason": "$helo_name ${client}", "helo_name": "x"}
    assert expand("$rbl_reason|$unknown|${helo_name}", values) == "$helo_name ${client}||x"


def test_a_reply_has_the_characters_that_main_cf_allows(tmp_path: Path) -> None:
    reply = ask(
        tmp_path,
        "reject_rbl_client",
        "bl.example",
        default_rbl_reply="$rbl_code $sender_name|$sender_domain $recipient_domain: $rbl_reason",
        smtpd_expansion_filter=r"abcdefghijklmnopqrstuvwxyz\40.0123456789",
    )
    assert reply == "554 5.7.1 a|spam.example example.com: see https___bl.example"


@pytest.mark.parametrize("text", ["x=", "x=1.2.3", "x=1.2.3.[a]", "x=1.2.3.4.5"])
def test_a_bad_pattern_is_found_out(text: str) -> None:
    with pytest.raises(Misconfigured):
        parse_list(text)
