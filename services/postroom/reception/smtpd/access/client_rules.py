"""Restrictions about the client's name and address."""

from postroom.reception.smtpd.access.request import Request
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict, refused


async def reject_unknown_client_hostname(request: Request) -> Verdict:
    """The name must be there, and lead back to the address."""
    if request.client.name != "unknown":
        return DUNNO
    code = 450 if request.session.name_unsure else request.settings.unknown_client_reject_code
    address = request.client.address
    return refused(code, "5.7.25", f"Client host rejected: cannot find your hostname, [{address}]")


async def reject_unknown_reverse_client_hostname(request: Request) -> Verdict:
    """There must be a name for the address, whatever it is."""
    if request.session.reverse_name != "unknown":
        return DUNNO
    code = 450 if request.session.name_unsure else request.settings.unknown_client_reject_code
    address = request.client.address
    return refused(
        code, "5.7.1", f"Client host rejected: cannot find your reverse hostname, [{address}]"
    )
