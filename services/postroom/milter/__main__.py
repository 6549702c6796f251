"""Start milter."""

from postroom.contracts.milter import CONTRACT
from postroom.ipc.serving import for_each_caller, serve_contract
from postroom.maillog.milter import MilterLog
from postroom.milter.answers import Answers
from postroom.milter.sessions import Sessions
from postroom.milter.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = MilterLog.open(settings, "milter")
    sessions = Sessions(settings.filter_sets, log)
    answerer_for = for_each_caller(lambda: Answers(sessions))
    await serve_contract(service, CONTRACT, answerer_for, settings.max_idle)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
