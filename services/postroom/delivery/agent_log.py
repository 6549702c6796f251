"""The log of an agent on this machine, with addresses and delays as main.cf wants them."""

from postroom.delivery.agent_settings import AgentSettings
from postroom.maillog.delivery import DeliveryLog
from postroom.maillog.forms import Forms


def open_log(settings: AgentSettings, program: str) -> DeliveryLog:
    forms = Forms.of(settings.info_log_address_format, settings.delay_logging_resolution_limit)
    return DeliveryLog.open(settings, program, forms)
