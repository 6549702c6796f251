"""Start the LMTP client."""

from postroom.delivery.client.program import serve
from postroom.delivery.client.rules import Rules, rules
from postroom.delivery.lmtp.settings import Settings
from postroom.systemd import service as systemd
from postroom.systemd.credentials import read_settings

# Parameters that are named for the command, LHLO here.
_NAMES = {
    "lhlo_name": "helo_name",
    "lhlo_timeout": "helo_timeout",
    "discard_lhlo_keyword_address_maps": "discard_ehlo_keyword_address_maps",
    "discard_lhlo_keywords": "discard_ehlo_keywords",
}


def lmtp_rules(settings: Settings) -> Rules:
    """The client's rules when it speaks LMTP."""
    return rules(settings, "lmtp_", lmtp=True, names=_NAMES)


async def _main(service: systemd.Service) -> None:
    settings = read_settings(Settings)
    await serve(service, lmtp_rules(settings), settings.syslog_name, "lmtp")


def main() -> None:
    systemd.run(_main)


if __name__ == "__main__":
    main()
