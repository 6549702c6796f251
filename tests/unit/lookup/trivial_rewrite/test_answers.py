"""The socket's side: one answer per question, TryAgain where a table is away, a short memory."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from postroom.contracts.rewrite import (
    CONTRACT,
    Context,
    Resolve,
    Resolved,
    Rewrite,
    Rewritten,
    TryAgain,
)
from postroom.ipc.client import Client
from postroom.ipc.contract import Question
from postroom.ipc.server import Server
from postroom.lookup.trivial_rewrite.__main__ import answers_of
from postroom.lookup.trivial_rewrite.answers import Answers
from postroom.lookup.trivial_rewrite.resolve import Resolver, RoutingTables
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.lookup.trivial_rewrite.routes import Routes
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from postroom.systemd.activity import Activity
from postroom.tables import Maps
from unit.lookup.trivial_rewrite.conftest import PLAIN

Make = Callable[..., Any]


def answers(
    rewriter: Rewriter, resolver: Resolver, journal: Any, *, by_sender: bool = False
) -> Answers:
    routes = Routes(resolver, sender_matters=by_sender, clock=lambda: 1.0)
    return Answers(rewriter, routes, routes, TrivialRewriteLog(journal))


def test_questions_are_answered_over_the_socket(
    tmp_path: Path, rewriter: Make, resolver: Make, journal: Any
) -> None:
    async def ask() -> tuple[Any, Any]:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "rewrite"))
        listener.listen()
        served = answers(rewriter(), resolver(), journal)
        server = Server(listener, CONTRACT, lambda _: served.answer, Activity())
        client = Client(str(tmp_path / "rewrite"), CONTRACT)
        try:
            return (
                await client.ask(Rewrite(Context.LOCAL, ("user", "a@b.example"))),
                await client.ask(Resolve("", ("user@localhost", "u@else.example"))),
            )
        finally:
            client.close()
            server.close()
            server.disconnect()
            listener.close()

    rewritten, resolved = asyncio.run(ask())
    assert rewritten == Rewritten(("user@example.com", "a@b.example"))
    assert [route.transport for route in resolved.routes] == ["local", "smtp"]


def answered(served: Answers, question: Question[Any]) -> Any:
    return asyncio.run(served.answer(question, []))


def test_a_table_that_is_away_means_try_again_and_is_logged(
    rewriter: Make, resolver: Make, journal: Any
) -> None:
    broken = resolver(transport_maps=("hash:/no/such/table",))
    answer = answered(answers(rewriter(), broken, journal), Resolve("", ("u@else.example",)))
    reason = (
        "open database /no/such/table.cdb: No such file or directory "
        "(run: postmap hash:/no/such/table)"
    )
    assert answer == TryAgain(reason)
    assert journal.lines == [f"warning: {reason}"]


class SlowTables:
    """Answers about one domain when it is told to, and about others at once."""

    def __init__(self) -> None:
        self.answer = asyncio.Event()

    def __bool__(self) -> bool:
        return True

    async def find(self, key: str, *, part: bool = False) -> str | None:
        if "slow.example" in key:
            await self.answer.wait()
        return "found:"


def test_a_slow_table_holds_up_only_who_needs_it(
    rewriter: Make, resolver: Make, journal: Any
) -> None:
    async def ask() -> list[str]:
        tables = SlowTables()
        by_table = resolver(tables=RoutingTables(tables, Maps(()), Maps(()), Maps(())))
        served = answers(rewriter(), by_table, journal)
        first = asyncio.create_task(served.answer(Resolve("", ("u@slow.example",)), []))
        await asyncio.sleep(0)
        other = await served.answer(Resolve("", ("u@quick.example",)), [])
        assert not first.done()
        tables.answer.set()
        return [answer.routes[0].transport for answer in (other, await first)]

    assert asyncio.run(ask()) == ["found", "found"]


def test_what_is_remembered_depends_on_the_sender_only_where_routes_do(
    rewriter: Make, resolver: Make, journal: Any
) -> None:
    tables = ("inline:{a@s.example=[ha]}",)
    by_sender = resolver(sender_dependent_relayhost_maps=tables)
    served = answers(rewriter(), by_sender, journal, by_sender=True)
    there = ("u@else.example",)
    hops = [
        answered(served, Resolve(sender, there)).routes[0].nexthop
        for sender in ("a@s.example", "b@s.example", "a@s.example")
    ]
    assert hops == ["[ha]", "else.example", "[ha]"]


def test_nobody_asked_nothing_answered(rewriter: Make, resolver: Make, journal: Any) -> None:
    assert answered(answers(rewriter(), resolver(), journal), Resolve("", ())) == Resolved(())


def probed(journal: Any, sender: str, **changes: Any) -> tuple[list[str], list[str]]:
    """Where mail and where probes to one of each class go."""
    settings: Settings = msgspec.structs.replace(PLAIN, **changes)
    served = answers_of(settings, TrivialRewriteLog(journal))
    there = ("u@localhost", "u@mailbox.example", "u@relay.example", "u@else.example")
    mail, probes = (
        [
            f"{route.transport}:{route.nexthop}"
            for route in answered(served, Resolve(sender, there, probe)).routes
        ]
        for probe in (False, True)
    )
    return mail, probes


def test_probes_go_the_way_of_mail_by_default(journal: Any) -> None:
    mail, probes = probed(journal, "a@one.example")
    assert mail == probes


def test_probes_may_have_hosts_and_transports_of_their_own(journal: Any) -> None:
    mail, probes = probed(
        journal,
        "a@one.example",
        relayhost="[provider.example]",
        address_verify_relayhost="",
        address_verify_local_transport="smtp:[inside.example]",
        address_verify_virtual_transport="error",
        address_verify_relay_transport="slow",
        address_verify_default_transport="probe",
    )
    assert mail[3] == "smtp:[provider.example]"
    assert probes == [
        "smtp:[inside.example]",
        "error:mailbox.example",
        "slow:relay.example",
        "probe:else.example",
    ]


def test_probes_may_have_tables_of_their_own(journal: Any) -> None:
    by_sender = {"sender_dependent_relayhost_maps": ("inline:{a@one.example=[other.example]}",)}
    mail, probes = probed(
        journal,
        "a@one.example",
        **by_sender,
        transport_maps=("inline:{relay.example=lmtp:[lmtp.example]}",),
        address_verify_sender_dependent_default_transport_maps=("inline:{a@one.example=slow}",),
    )
    assert mail[2:] == ["lmtp:[lmtp.example]", "smtp:[other.example]"]
    assert probes[2:] == ["relay:relay.example", "slow:else.example"]
    _, probes = probed(
        journal, "b@one.example", address_verify_transport_maps=("static:discard:probe",)
    )
    assert probes == ["discard:probe"] * 4
