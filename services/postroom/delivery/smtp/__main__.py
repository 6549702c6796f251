"""Start the SMTP client."""

from postroom.delivery.client import program
from postroom.delivery.smtp.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    await program.serve(service, read_settings(Settings), "smtp")


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
