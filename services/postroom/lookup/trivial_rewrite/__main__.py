"""Start trivial-rewrite(8)."""

from postroom.contracts.rewrite import CONTRACT
from postroom.ipc.serving import serve_contract
from postroom.lookup.trivial_rewrite.answers import Answers
from postroom.lookup.trivial_rewrite.classes import AddressClasses
from postroom.lookup.trivial_rewrite.resolve import Resolver, RoutingTables
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.lookup.trivial_rewrite.routes import Routes
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = TrivialRewriteLog.open(settings, "trivial-rewrite")
    answers = answers_of(settings, log)
    await serve_contract(service, CONTRACT, lambda _: answers.answer, settings.max_idle)


def answers_of(settings: Settings, log: TrivialRewriteLog) -> Answers:
    """Everything a question goes through, joined."""
    rewriter = Rewriter(settings)
    classes = AddressClasses.of_settings(settings)

    def routes(settings: Settings) -> Routes:
        tables = RoutingTables.of_settings(settings)
        resolver = Resolver(settings, rewriter, classes, tables, log)
        return Routes(resolver, sender_matters=settings.sender_matters)

    mail, for_probes = routes(settings), settings.for_probes()
    probes = mail if for_probes == settings else routes(for_probes)
    return Answers(rewriter, mail, probes, log)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
