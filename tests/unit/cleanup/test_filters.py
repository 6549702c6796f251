"""Mail filters see what cleanup made, and what they make of it is stored."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from postroom.contracts.cleanup import Begin, Chunk, End, Handling, Queued, Refused, Submit
from postroom.contracts.milter import Content, Discarded, Filtered, Hit, LocalMessage, Rejected
from unit.cleanup.peers import Bench
from unit.cleanup.stories import ID, envelope, local, run, without_received

KEY = "0" * 32
HEADER = b"Subject: one\r\n"
CONTENT = HEADER + b"\r\ntext\r\n"
LARGE = b"..0123456\r\n" * 20_000


def filtered(says: Any, env: Any = None, content: bytes = CONTENT) -> tuple[Any, Bench]:
    answers: list[Any] = []

    async def story(here: Bench) -> None:
        here.milter.says = says
        answers.append(
            await here.client.ask(Submit(ID, env or envelope(), content, Handling(), KEY))
        )

    return answers[0] if (here := run(story)) else None, here


def in_pieces(here_says: Any, body: bytes, new_body: Path | None = None) -> Bench:
    async def story(here: Bench) -> None:
        here.milter.says, here.milter.new_body = here_says, new_body
        await here.client.ask(Begin(ID, envelope(), Handling(), KEY))
        whole = HEADER + b"\r\n" + body
        for start in range(0, len(whole), 50_000):
            await here.client.ask(Chunk(ID, whole[start : start + 50_000]))
        assert await here.client.ask(End(ID)) == Queued(ID)

    return run(story)


def stored(here: Bench) -> bytes:
    return without_received(here.qmgr.stored[ID][1])


def test_filters_do_not_see_our_own_received_field() -> None:
    _, here = filtered(Filtered())
    assert here.milter.asked == [Content(KEY, ID, HEADER, b"text\r\n")]
    assert stored(here) == CONTENT


def test_header_and_body_are_stored_as_filters_leave_them() -> None:
    _, here = filtered(Filtered(b"X: y\r\n", b"new\r\n"))
    assert stored(here) == b"X: y\r\n\r\nnew\r\n"
    assert here.qmgr.stored[ID][1].startswith(b"Received: ")


def test_filters_change_sender_and_recipients() -> None:
    changes = Filtered(None, None, "s@new.example", ("c",), ("B@two.example",))
    _, here = filtered(changes, envelope("b@two.example", "d@two.example"))
    env = here.qmgr.stored[ID][0]
    assert env.sender == "s@new.example"
    assert [one.address for one in env.recipients] == ["d@two.example", "c@host.example"]


def test_what_a_filter_wants_held_waits_in_the_hold_queue() -> None:
    _, here = filtered(Filtered(hold="looks odd"))
    assert here.qmgr.stored[ID][0].hold
    (line,) = (line for line in here.journal.lines if "milter-hold" in line)
    assert ": looks odd; from=<a@one.example> to=<b@two.example>" in line


def test_a_message_that_is_left_without_recipients_is_gone() -> None:
    answer, here = filtered(Filtered(deleted=("b@two.example",)))
    assert answer == Queued(ID)
    assert here.qmgr.stored == {}


def test_what_a_filter_rejects_is_refused_and_logged() -> None:
    answer, here = filtered(Rejected(554, "5.7.1", "No virus please"))
    assert answer == Refused(554, "5.7.1", "No virus please", logged=True)
    assert any(
        line.startswith(f"{ID}: milter-reject: END-OF-MESSAGE from client.example[192.0.2.1]: ")
        for line in here.journal.lines
    )
    assert here.qmgr.stored == {}


def test_what_a_filter_discards_is_accepted_and_gone() -> None:
    answer, here = filtered(Discarded())
    assert answer == Queued(ID)
    assert here.qmgr.stored == {}


@pytest.mark.parametrize(
    ("env", "handling", "asked"),
    [
        (local(), Handling(), [LocalMessage]),
        (local(), Handling(milters=False), []),
        (envelope(), Handling(), []),
        (envelope(client=None), Handling.internal("bounce"), []),
        (envelope(client=None), Handling.internal("bounce", ("bounce",)), [LocalMessage]),
    ],
)
def test_mail_that_no_client_brought_is_shown_to_filters_of_its_own(
    env: Any, handling: Handling, asked: list[type]
) -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Submit(ID, env, CONTENT, handling))

    here = run(story, non_smtpd_milters=("unix:/filter",))
    assert [type(one) for one in here.milter.asked] == asked


def test_a_large_message_stays_where_it_is_if_nothing_changes() -> None:
    here = in_pieces(Filtered(), LARGE)
    assert here.milter.bodies == [LARGE]
    assert stored(here) == HEADER + b"\r\n" + LARGE


def test_a_large_message_gets_another_header() -> None:
    here = in_pieces(Filtered(b"X: y\r\n"), LARGE)
    assert stored(here) == b"X: y\r\n\r\n" + LARGE


def test_a_large_message_gets_a_small_body() -> None:
    here = in_pieces(Filtered(body=b"new\r\n"), LARGE)
    assert stored(here) == HEADER + b"\r\nnew\r\n"


def test_a_message_gets_a_large_body(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(LARGE)
    here = in_pieces(Filtered(), b"small\r\n", tmp_path / "new")
    assert stored(here) == HEADER + b"\r\n" + LARGE


def test_without_milter_mail_is_put_off() -> None:
    async def story(here: Bench) -> None:
        here.milter.says = None
        answer = await here.client.ask(Submit(ID, envelope(), CONTENT, Handling(), KEY))
        assert answer == Refused(451, "4.7.1", "Service unavailable - try again later")
        assert here.qmgr.stored == {}

    run(story)


HITS = {
    "WARN text": ("milter-header-warning: header X: y from ", ": text"),
    "STRIP": ("milter-header-strip: header X: y from ", ""),
    "REPLACE X: z": ("milter-header-replace: header X: y from ", ": X: z"),
    "HOLD why": ("milter-header-hold: header X: y from ", ": why"),
    "REJECT 4.7.0 no": ("milter-header-reject: header X: y from ", ": 4.7.0 no"),
    "DISCARD": ("milter-header-discard: header X: y from ", ""),
    "BCC c@z.example": ("milter-header-bcc: header X: y from ", ": c@z.example"),
    "REDIRECT c@z.example": ("milter-header-redirect: header X: y from ", ": c@z.example"),
    "FILTER smtp:[::1]": ("milter-header-filter: header X: y from ", ": smtp:[::1]"),
    "PREPEND A: b": ("the milter_header/body_checks prepend action is not implemented", ""),
    "PASS": ("unsupported command in milter_header_checks map: PASS", ""),
    "FOO bar": ("unsupported command in milter_header_checks map: FOO bar", ""),
}


@pytest.mark.parametrize("value", HITS)
def test_what_tables_say_of_fields_that_filters_write_is_logged_in_postfix_words(
    value: str,
) -> None:
    _, here = filtered(Filtered(hits=(Hit("X: y", value),)))
    begins, ends = HITS[value]
    (line,) = (line for line in here.journal.lines if begins in line)
    assert line.endswith(ends)


def test_tables_decide_about_the_envelope_by_fields_that_filters_write() -> None:
    def envelope_after(*values: str, **changes: Any) -> Any:
        hits = tuple(Hit("X: y", value) for value in values)
        return filtered(Filtered(hits=hits, **changes))[1].qmgr.stored[ID][0]

    assert envelope_after("HOLD").hold
    assert envelope_after("FILTER smtp:[::1]").filter == "smtp:[::1]"
    copied = envelope_after("BCC c@z.example", added=("d@z.example",))
    addresses = [one.address for one in copied.recipients]
    assert addresses == ["b@two.example", "d@z.example", "c@z.example"]
    redirected = envelope_after("REDIRECT c@z.example", added=("d@z.example",))
    assert [one.address for one in redirected.recipients] == ["c@z.example"]


@pytest.mark.parametrize("says", [Filtered, Discarded, partial(Rejected, 550, "5.7.1", "no")])
def test_a_table_decides_before_the_filter_does(says: Callable[..., Any]) -> None:
    answer, here = filtered(says(hits=(Hit("X: y", "REJECT 5.1.0 table"),)))
    assert answer == Refused(550, "5.1.0", "table", logged=True)
    answer, here = filtered(says(hits=(Hit("X: y", "DISCARD"),)))
    assert answer == Queued(ID)
    assert here.qmgr.stored == {}
    assert f"{ID}: removed (discarded)" in here.journal.lines


def test_fields_may_go_above_our_own() -> None:
    _, here = filtered(Filtered(b"X: y\r\n", above=b"A: b\r\n"))
    assert here.qmgr.stored[ID][1].startswith(b"A: b\r\nReceived: ")
    assert here.qmgr.stored[ID][1].endswith(b"X: y\r\n\r\ntext\r\n")


def test_what_filters_write_is_looked_up_in_the_tables_of_main_cf() -> None:
    async def story(here: Bench) -> None:
        await here.client.ask(Submit(ID, envelope(), CONTENT, Handling(), KEY))

    here = run(story, milter_header_checks=("regexp:/x",))
    assert here.milter.asked[0].checks == ("regexp:/x",)
