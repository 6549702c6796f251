"""Files and commands as destinations: who may name them, and with whose rights they are used."""

from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.mailman import Mailman
from postroom.delivery.local.parts import Part
from postroom.delivery.local.rights import NoDefault, Rights, default_rights
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.targets import Kind, Target

# No path is longer, and Postfix cuts lines at half of it.
MAX_NAME = 4096


async def put(
    settings: Settings, mailman: Mailman, copy: Copy, target: Target, rights: Rights
) -> Part:
    """Write the file or run the command that a list with these rights names."""
    refusal = _refusal(settings, target, rights)
    if refusal is not None:
        return Part(copy.recipient, refusal)
    try:
        identity = rights.identity or default_rights(settings.default_privs)
    except NoDefault as error:
        return Part(copy.recipient, Result("4.3.5", str(error)))
    if target.kind is Kind.FILE:
        return await mailman.to_file(copy, target.text, identity)
    return await mailman.to_command(copy, target.text, identity, rights.user)


def _refusal(settings: Settings, target: Target, rights: Rights) -> Result | None:
    if len(target.text) > MAX_NAME:
        return Result("5.3.5", "name of file or command is too long")
    is_file = target.kind is Kind.FILE
    allowed = settings.allow_mail_to_files if is_file else settings.allow_mail_to_commands
    if rights.origin not in allowed:
        return Result("5.7.1", f"mail to {'file' if is_file else 'command'} is restricted")
    return None
