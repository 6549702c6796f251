"""Start policy-client."""

from postroom.contracts.policy_client import CONTRACT
from postroom.ipc.serving import serve_contract
from postroom.lookup.policy_client.answers import Answers
from postroom.lookup.policy_client.settings import Settings
from postroom.maillog.policy_client import PolicyClientLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = PolicyClientLog.open(settings, "policy-client")
    answers = Answers(settings.policy_servers, log)
    await serve_contract(service, CONTRACT, lambda _: answers.answer, settings.max_idle)
    answers.close()


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
