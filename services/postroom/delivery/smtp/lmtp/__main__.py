"""Start the LMTP client."""

from postroom.delivery.smtp.lmtp.settings import Settings
from postroom.delivery.smtp.program import serve
from postroom.delivery.smtp.rules import lmtp_rules
from postroom.systemd import service as systemd
from postroom.systemd.credentials import read_settings


async def _main(service: systemd.Service) -> None:
    settings = read_settings(Settings)
    await serve(service, lmtp_rules(settings), settings.syslog_name, "lmtp")


def main() -> None:
    systemd.run(_main)


if __name__ == "__main__":
    main()
