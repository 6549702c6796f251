"""Start error or retry."""

from functools import partial

from postroom.delivery.agent import Agent
from postroom.delivery.agent_log import open_log
from postroom.delivery.error.refusal import default_code, refuse
from postroom.delivery.error.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = open_log(settings, "error")
    agent = Agent(partial(refuse, default_code(settings.service_name)), log, settings.soft_bounce)
    await agent.serve(service, settings.max_idle)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
