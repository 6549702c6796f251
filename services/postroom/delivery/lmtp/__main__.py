"""Start the LMTP client."""

from postroom.delivery.client.program import serve
from postroom.delivery.lmtp.settings import Settings
from postroom.systemd import service as systemd
from postroom.systemd.credentials import read_settings


async def _main(service: systemd.Service) -> None:
    await serve(service, read_settings(Settings), "lmtp")


def main() -> None:
    systemd.run(_main)


if __name__ == "__main__":
    main()
