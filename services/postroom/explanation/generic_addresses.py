"""What the next host would see of the addresses of a message, where generic(5) tables say so."""

from msgspec import Struct

from postroom.delivery.client.generic import Generic
from postroom.delivery.client.rules import Rules
from postroom.delivery.content import Content
from postroom.delivery.lmtp.settings import Settings as LmtpSettings
from postroom.delivery.smtp.settings import Settings as SmtpSettings
from postroom.explanation.configured import Services
from postroom.mail.envelope import Envelope
from postroom.tables import TableError
from postroom.tables.opening import open_directly


class Seen(Struct, frozen=True):
    """Both addresses in their generic form; or why that cannot be told."""

    sender: str
    recipient: str
    error: str = ""


async def seen_by_the_next_host(
    services: Services, program: str, transport: str, envelope: Envelope
) -> Seen | None:
    """For an envelope with one recipient; None where nothing changes."""
    its_rules = _rules(services, program, transport)
    if its_rules is None or not its_rules.generic_maps:
        return None
    generic = Generic(its_rules, open_directly)
    try:
        posted = (await generic.posted(envelope, Content(0, b""))).envelope
    except TableError as error:
        return Seen("", "", str(error))
    if (posted.sender, posted.recipients) == (envelope.sender, envelope.recipients):
        return None
    return Seen(posted.sender, posted.recipients[0].address)


def _rules(services: Services, program: str, transport: str) -> Rules | None:
    if program == "smtp":
        return services.settings(SmtpSettings, program, transport)
    if program == "lmtp":
        return services.settings(LmtpSettings, program, transport)
    return None
