"""The envelope of a message, put in form: who it is from, and whom it really goes to."""

from typing import Final, NamedTuple

from msgspec import structs

from postroom.cleanup.aliases import Aliases
from postroom.cleanup.bcc import Bcc
from postroom.cleanup.canonical import ENVELOPE_RECIPIENT, ENVELOPE_SENDER
from postroom.cleanup.mapping import Mapping
from postroom.cleanup.refusal import BAD_VERP, NO_RECIPIENTS, Refusal
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.contracts.milter import Filtered
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.mail.verp import are_delimiters


class Addressed(NamedTuple):
    """The envelope the queue gets, and its last recipient before aliases made others of him."""

    envelope: Envelope
    last: str


DAEMON: Final = "MAILER-DAEMON"


class Addressing:
    def __init__(
        self,
        settings: Settings,
        rewriter: Rewriter,
        mapping: Mapping,
        aliases: Aliases,
        bcc: Bcc,
    ) -> None:
        self._settings = settings
        self._rewriter = rewriter
        self._mapping = mapping
        self._aliases = aliases
        self._bcc = bcc

    async def complete(self, queue_id: str, envelope: Envelope, *, mappings: bool) -> Addressed:
        """The envelope in form; raises Refusal.

        Envelope addresses are completed with our own domain whoever sent them
        (ADDRESS_REWRITING_README); headers are a different matter. Without ``mappings`` that is
        all (main.cf: receive_override_options).
        """
        if not envelope.recipients:
            raise Refusal(NO_RECIPIENTS)
        written = [envelope.sender, *(self._address(r) for r in envelope.recipients)]
        sender, *addresses = await self._rewriter.rewrite(written)
        sender = await self._without_daemon(sender)
        if envelope.verp and not (sender and self._may_delimit(envelope.verp)):
            raise Refusal(BAD_VERP)
        if not mappings:
            completed = map(self._moved, envelope.recipients, addresses)
            recipients = self._unique(list(completed))
            envelope = structs.replace(envelope, sender=sender, recipients=recipients)
            return Addressed(envelope, addresses[-1])
        sender = await self._mapping.map(queue_id, sender, ENVELOPE_SENDER)
        mapped = [
            self._moved(recipient, await self._mapping.map(queue_id, address, ENVELOPE_RECIPIENT))
            for recipient, address in zip(envelope.recipients, addresses, strict=True)
        ]
        envelope = structs.replace(envelope, sender=sender, recipients=tuple(mapped))
        copies = await self._bcc.recipients(queue_id, envelope)
        expanded = await self._expanded(queue_id, envelope, mapped + copies)
        return Addressed(expanded, mapped[-1].address)

    async def with_copies(
        self, queue_id: str, envelope: Envelope, addresses: list[str], *, mappings: bool
    ) -> Envelope:
        """The same envelope for more recipients, of whom nobody is told; raises Refusal."""
        completed = await self._rewriter.rewrite(addresses)
        if mappings:
            completed = [
                await self._mapping.map(queue_id, one, ENVELOPE_RECIPIENT) for one in completed
            ]
        copies = [Recipient(address, notify=(Notify.NEVER,)) for address in completed]
        if mappings:
            copies = list((await self._expanded(queue_id, envelope, copies)).recipients)
        recipients = self._unique([*envelope.recipients, *copies])
        return structs.replace(envelope, recipients=recipients)

    async def redirected(self, envelope: Envelope, address: str) -> Envelope:
        """The same envelope for one other recipient, wherever he is; raises Refusal."""
        recipient = self._moved(envelope.recipients[0], await self._rewriter.one(address))
        return structs.replace(envelope, recipients=(recipient,))

    async def filtered(self, queue_id: str, envelope: Envelope, changes: Filtered) -> Envelope:
        """The completed envelope as mail filters want it; raises Refusal.

        Whom they add is rewritten and expanded like everybody else, but nobody gets copies.
        """
        sender = envelope.sender
        if changes.sender is not None:
            (sender,) = await self._rewriter.rewrite([changes.sender])
        gone = {address.lower() for address in changes.deleted}
        kept = [one for one in envelope.recipients if not gone & _names(one)]
        added = [
            Recipient(await self._mapping.map(queue_id, address, ENVELOPE_RECIPIENT))
            for address in await self._rewriter.rewrite(list(changes.added))
        ]
        expanded = await self._expanded(queue_id, envelope, added)
        recipients = self._unique([*kept, *expanded.recipients])
        return structs.replace(envelope, sender=sender, recipients=recipients)

    async def _without_daemon(self, sender: str) -> str:
        """Whoever calls himself the mailer daemon wants to hear nothing of the message."""
        if not sender.lower().startswith(f"{DAEMON.lower()}@"):
            return sender
        return "" if sender.lower() == (await self._rewriter.one(DAEMON)).lower() else sender

    def _may_delimit(self, text: str) -> bool:
        return are_delimiters(text, self._settings.verp_delimiter_filter)

    def _address(self, recipient: Recipient) -> str:
        return recipient.address or self._settings.empty_address_recipient

    async def _expanded(
        self, queue_id: str, envelope: Envelope, recipients: list[Recipient]
    ) -> Envelope:
        """RFC 3461 section 5.2.7: the sender hears that an address became others, and no more."""
        final, told = [], []
        for recipient in recipients:
            addresses = await self._aliases.expand(queue_id, recipient.address)
            if addresses != [recipient.address] and Notify.SUCCESS in recipient.notify:
                told.append(recipient)
                recipient = recipient.without_success()  # noqa: PLW2901
            final += [self._moved(recipient, address) for address in addresses]
        unique = self._unique(final) if len(final) > 1 else tuple(final)
        return structs.replace(envelope, recipients=unique, expanded=tuple(told))

    def _moved(self, recipient: Recipient, address: str) -> Recipient:
        """The recipient at another address, who remembers what the client wrote; whether mail
        shows it (main.cf: enable_original_recipient) is for those who deliver to say. Where a
        table has ``<>`` for him, as Postfix's queue manager knows nobody by that, the daemon is."""
        address = address or f"{DAEMON}@{self._settings.myhostname}"
        if address == recipient.address:
            return recipient
        original = recipient.original or recipient.address
        return structs.replace(recipient, address=address, original=original)

    def _unique(self, recipients: list[Recipient]) -> tuple[Recipient, ...]:
        """Without those that would get the same twice (main.cf: duplicate_filter_limit)."""
        seen: set[tuple[object, ...]] = set()
        limit = self._settings.duplicate_filter_limit
        result = []
        for recipient in recipients:
            key = self._identity(recipient)
            if key in seen:
                continue
            if limit <= 0 or len(seen) < limit:
                seen.add(key)
            result.append(recipient)
        return tuple(result)

    def _identity(self, recipient: Recipient) -> tuple[object, ...]:
        """Where originals do not count, the sender's wishes about them do not, either."""
        address = recipient.address.lower()
        if not self._settings.enable_original_recipient:
            return (address,)
        return (address, recipient.original.lower(), recipient.orcpt, recipient.notify)


def _names(recipient: Recipient) -> set[str]:
    """What a filter may call a recipient: as it is, and as the client wrote it."""
    return {recipient.address.lower(), recipient.original.lower() or recipient.address.lower()}
