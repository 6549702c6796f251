"""Fill in the macros of ``argv=``: what came from outside is whole arguments, never syntax."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from postroom.config.macros import expand
from postroom.config.pipe_command import RECIPIENT_MACROS, PipeCommand, macros_in
from postroom.contracts.delivery import Deliver
from postroom.mail.address import Extensions, quote_address, split_address
from postroom.mail.envelope import Client, Envelope, Recipient


def arguments(
    command: PipeCommand, request: Deliver, served: Sequence[Recipient], extensions: Extensions
) -> tuple[str, ...]:
    """The command line for those recipients of a request that are ``served``.

    An argument with a macro of the recipient's stands once for each recipient. One that turns
    out empty keeps its place: what follows must not be taken for it.
    """
    message = _of_message(command, request)
    recipients = [
        {**message, **_of_recipient(command.flags, recipient, extensions)} for recipient in served
    ]
    return tuple(_filled(command.argv, message, recipients))


def _filled(
    argv: Sequence[str], message: Mapping[str, str], recipients: Sequence[Mapping[str, str]]
) -> Iterator[str]:
    for argument in argv:
        if macros_in(argument) & RECIPIENT_MACROS:
            yield from (expand(argument, values) for values in recipients)
        else:
            yield expand(argument, message)


def _of_message(command: PipeCommand, request: Deliver) -> dict[str, str]:
    flags = command.flags
    sender = request.envelope.sender or command.null_sender
    nexthop = request.nexthop
    return {
        "sender": quote_address(sender) if "q" in flags else sender,
        "envid": request.envelope.envid,
        "nexthop": nexthop.lower() if "h" in flags else nexthop,
        "queue_id": request.queue_id,
        "size": str(request.size),
        **_of_client(request.envelope),
    }


def _of_client(envelope: Envelope) -> dict[str, str]:
    """Nothing, for mail that came from no network."""
    client, upstream = envelope.client or Client(), envelope.upstream
    if upstream is None:
        return {}
    return {
        "client_address": upstream.address,
        "client_helo": upstream.helo,
        "client_hostname": upstream.name,
        "client_port": str(upstream.port),
        "client_protocol": upstream.protocol,
        "sasl_method": client.sasl_method,
        "sasl_sender": client.sasl_sender,
        "sasl_username": client.sasl_username,
    }


def _of_recipient(
    flags: frozenset[str], recipient: Recipient, extensions: Extensions
) -> dict[str, str]:
    folded = _folding(flags)
    local, domain = folded(recipient.address)
    user, extension = extensions.split(local)
    return {
        "recipient": _joined(flags, local, domain),
        "original_recipient": _joined(flags, *folded(recipient.original or recipient.address)),
        "mailbox": local,
        "user": user,
        "extension": extension[1:],
        "domain": domain,
    }


def _folding(flags: frozenset[str]) -> Callable[[str], tuple[str, str]]:
    """Flags ``u`` and ``h``: local part and domain in lower case."""

    def folded(address: str) -> tuple[str, str]:
        local, domain = split_address(address)
        return (
            local.lower() if "u" in flags else local,
            domain.lower() if "h" in flags else domain,
        )

    return folded


def _joined(flags: frozenset[str], local: str, domain: str) -> str:
    address = f"{local}@{domain}" if domain else local
    return quote_address(address) if "q" in flags else address
