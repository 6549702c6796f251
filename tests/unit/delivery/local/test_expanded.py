"""What the sender hears of an address of ours that becomes others (RFC 3461 section 5.2.7)."""

import asyncio

import pytest

from postroom.delivery.local.copy import Copy
from postroom.delivery.local.parts import Part
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.status import Reach
from unit.delivery.local.household import Recorder, expansion_of

ASKED = Recipient(
    "team@here.test", notify=(Notify.SUCCESS, Notify.FAILURE), orcpt="rfc822;T@here.test"
)
ALIASES = {
    "plain": 'inline:{ { team = alice, "|command", carol@else.test } }',
    "owned": 'inline:{ { team = alice, "|command" }, { owner-team = bob } }',
    "chain": "inline:{ { team = inner }, { inner = alice }, { owner-inner = bob } }",
}


class Keeper(Recorder):
    """Remembers the copies that go elsewhere."""

    def __init__(self, **forwards: str) -> None:
        super().__init__(**forwards)
        self.copies: list[Copy] = []

    def add(self, copy: Copy) -> None:
        super().add(copy)
        self.copies.append(copy)


def expand(
    table: str, recipient: Recipient = ASKED, sender: str = "s@x.test", **forwards: str
) -> tuple[Reach | None, list[Part], list[Copy]]:
    keeper = Keeper(**forwards)
    expansion = expansion_of((table,) if table else (), keeper)
    parts = asyncio.run(expansion.deliver(Copy(0, recipient, sender)))
    return expansion.expanded, parts, keeper.copies


@pytest.mark.parametrize(
    ("name", "reach"),
    [("plain", Reach.EXPANDED), ("owned", Reach.DELIVERED), ("chain", Reach.EXPANDED)],
)
def test_a_list_with_an_owner_is_the_end_of_the_way_others_are_on_it(
    name: str, reach: Reach
) -> None:
    assert expand(ALIASES[name])[0] is reach


def test_a_forward_file_expands_its_user() -> None:
    alice = Recipient("alice@here.test", notify=(Notify.SUCCESS,))
    reach, _, (copy,) = expand("", alice, alice="carol@else.test")
    assert reach is Reach.EXPANDED
    assert copy.recipient.notify == (Notify.NEVER,)


def test_a_mailbox_is_not_expanded() -> None:
    assert expand("", Recipient("alice@here.test"))[0] is None


def test_of_members_the_sender_hears_failures_only() -> None:
    _, _, (copy,) = expand(ALIASES["plain"])
    assert copy.recipient.notify == (Notify.FAILURE,)
    assert (copy.recipient.orcpt, copy.owner) == (ASKED.orcpt, "")


def test_mail_to_members_of_an_owned_list_is_the_list_s_own() -> None:
    _, _, (copy,) = expand(ALIASES["owned"])
    assert (copy.recipient.orcpt, copy.sender) == ("", "owner-team@here.test")


def test_the_owner_hears_of_a_list_s_command_unless_nobody_sent_the_mail() -> None:
    _, parts, _ = expand(ALIASES["owned"])
    assert "owner-team@here.test" in [part.owner for part in parts]
    _, parts, _ = expand(ALIASES["owned"], sender="")
    assert {part.owner for part in parts} == {""}
