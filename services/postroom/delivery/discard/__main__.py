"""Start discard."""

from postroom.delivery.agent import Agent
from postroom.delivery.agent_log import open_log
from postroom.delivery.discard.pretence import pretend
from postroom.delivery.discard.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = open_log(settings, "discard")
    await Agent(pretend, log).serve(service, settings.max_idle)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
