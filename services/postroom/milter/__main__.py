"""Start milter."""

from postroom.contracts.milter import CONTRACT
from postroom.ipc.server import Answerer, Caller, Server
from postroom.maillog.milter import MilterLog
from postroom.milter.answers import Answers, Sessions
from postroom.milter.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = MilterLog.open(settings.syslog_name, "milter")
    sessions = Sessions(settings.filter_sets, log)

    def answerer_for(caller: Caller) -> Answerer:
        answers = Answers(sessions)
        caller.on_close.append(answers.close)
        return answers.answer

    server = Server(service.listener(CONTRACT.name), CONTRACT, answerer_for, service.activity)
    await service.serve_until_idle(settings.max_idle)
    server.close()


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
