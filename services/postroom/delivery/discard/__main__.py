"""Start discard."""

from postroom.delivery.agent import Agent
from postroom.delivery.discard.pretence import pretend
from postroom.delivery.discard.settings import Settings
from postroom.maillog.delivery import DeliveryLog
from postroom.maillog.forms import Forms
from postroom.systemd import service as systemd
from postroom.systemd.credentials import read_settings


async def _main(service: systemd.Service) -> None:
    settings = read_settings(Settings)
    log = DeliveryLog.open(
        settings.syslog_name,
        "discard",
        Forms.of(settings.info_log_address_format, settings.delay_logging_resolution_limit),
    )
    await Agent(pretend, log).serve(service, settings.max_idle)


def main() -> None:
    systemd.run(_main)


if __name__ == "__main__":
    main()
