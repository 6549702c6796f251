"""Start the SMTP client."""

from postroom.delivery.client.program import serve
from postroom.delivery.client.rules import rules
from postroom.delivery.smtp.settings import Settings
from postroom.systemd import service as systemd
from postroom.systemd.credentials import read_settings


async def _main(service: systemd.Service) -> None:
    settings = read_settings(Settings)
    await serve(service, rules(settings, "smtp_"), settings.syslog_name, "smtp")


def main() -> None:
    systemd.run(_main)


if __name__ == "__main__":
    main()
