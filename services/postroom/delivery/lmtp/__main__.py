"""Start the LMTP client."""

from postroom.delivery.client import program
from postroom.delivery.lmtp.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    await program.serve(service, read_settings(Settings), "lmtp")


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
