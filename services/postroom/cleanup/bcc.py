"""Copies that are sent behind everybody's back: always_bcc, sender_bcc_maps, recipient_bcc_maps."""

from postroom.cleanup.lookup import Lookup, NamedMaps
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.tables import Maps


class Bcc:
    """Adds recipients to mail that came from a client or a user, never to our own mail."""

    def __init__(self, settings: Settings, lookup: Lookup, rewriter: Rewriter) -> None:
        self._lookup = lookup
        self._rewriter = rewriter
        self._always = settings.always_bcc
        self._by_sender = NamedMaps("sender_bcc_maps", Maps(settings.sender_bcc_maps))
        self._by_recipient = NamedMaps("recipient_bcc_maps", Maps(settings.recipient_bcc_maps))
        self._wanted = bool(self._always or self._by_sender.maps or self._by_recipient.maps)

    async def recipients(self, queue_id: str, envelope: Envelope) -> list[Recipient]:
        """Who gets a copy besides the recipients of ``envelope``; raises Refusal."""
        if not self._wanted or envelope.is_probe:
            return []
        if envelope.client is None and envelope.submitter is None:
            return []
        copies: list[str | None] = [self._always]
        if envelope.sender:
            copies.append(await self._lookup.text(queue_id, self._by_sender, envelope.sender))
        for one in envelope.recipients:
            copies.append(await self._lookup.text(queue_id, self._by_recipient, one.address))
        # The sender did not ask for these, and is not told what becomes of them.
        return [
            Recipient(address, notify=(Notify.NEVER,))
            for address in await self._rewriter.rewrite([copy for copy in copies if copy])
        ]
