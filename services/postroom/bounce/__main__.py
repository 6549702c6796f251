"""Start bounce(8)."""

from postroom.bounce.notifier import Notifier
from postroom.bounce.settings import Settings
from postroom.contracts.bounce import CONTRACT
from postroom.contracts.cleanup import CONTRACT as CLEANUP
from postroom.contracts.cleanup import Handling
from postroom.contracts.intake import Intake
from postroom.ipc.client import Client
from postroom.ipc.serving import serve_contract
from postroom.maillog.bounce import BounceLog
from postroom.maillog.forms import Forms
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = BounceLog.open(settings, "bounce", Forms.of(settings.info_log_address_format))
    for problem in settings.template_problems:
        log.template(problem)
    handling = Handling.internal("bounce", settings.internal_mail_filter_classes)
    handling = handling.detecting("bounce", settings.smtputf8_autodetect_classes)
    intake = Intake(Client(socket_path(settings.cleanup_service_name), CLEANUP), handling)
    notifier = Notifier(settings, intake, log)
    await serve_contract(service, CONTRACT, lambda _: notifier.answer, settings.max_idle)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
