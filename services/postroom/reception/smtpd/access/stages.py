"""When which list is applied: at once, or with the recipient (main.cf: smtpd_delay_reject)."""

from collections.abc import Callable
from functools import partial

from postroom.config.restriction_classes import keeps_strangers_out
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.access.catalogue import read_list
from postroom.reception.smtpd.access.evaluation import Restriction, evaluate, log_refusal
from postroom.reception.smtpd.access.existence import (
    reject_unlisted_recipient,
    reject_unlisted_sender,
)
from postroom.reception.smtpd.access.request import Request, Resources, Subject
from postroom.reception.smtpd.access.verdict import (
    DUNNO,
    SERVER_CONFIGURATION,
    Misconfigured,
    TryLater,
    Verdict,
)
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transaction import Transaction

_List = tuple[Subject, tuple[Restriction, ...]]
# How a list in main.cf becomes one that can be applied.
ReadList = Callable[[tuple[str, ...], Subject], tuple[Restriction, ...]]


class Gatekeeper:
    """Judges every command; answers with the reply that refuses it, or None."""

    def __init__(self, resources: Resources, read: ReadList | None = None) -> None:
        settings = resources.settings
        read = read or partial(read_list, classes=settings.restriction_classes)

        def listed(subject: Subject, words: tuple[str, ...]) -> _List:
            return subject, read(words, subject)

        self._resources = resources
        self._settings = settings
        self._client = listed(Subject.CLIENT, settings.smtpd_client_restrictions)
        self._helo = listed(Subject.HELO, settings.smtpd_helo_restrictions)
        self._sender = listed(Subject.SENDER, settings.smtpd_sender_restrictions)
        self._unlisted = (
            Subject.SENDER,
            _UNLISTED if settings.smtpd_reject_unlisted_sender else (),
        )
        self._data = listed(Subject.DATA, settings.smtpd_data_restrictions)
        self._end_of_data = listed(Subject.END_OF_DATA, settings.smtpd_end_of_data_restrictions)
        relay = listed(Subject.RECIPIENT, settings.smtpd_relay_restrictions)
        recipient = listed(Subject.RECIPIENT, settings.smtpd_recipient_restrictions)
        relay_first = settings.smtpd_relay_before_recipient_restrictions
        senders = (self._sender, self._unlisted)
        early = (self._client, self._helo, *senders) if settings.smtpd_delay_reject else ()
        late = (relay, recipient) if relay_first else (recipient, relay)
        self._rcpt = _not_empty(*early, *late)
        self._etrn = _not_empty(*early[:2], listed(Subject.ETRN, settings.smtpd_etrn_restrictions))
        self._vrfy = _not_empty(*early[:2], *late)
        self._guarded = any(
            keeps_strangers_out(words, settings.restriction_classes)
            for words in (settings.smtpd_relay_restrictions, settings.smtpd_recipient_restrictions)
        )

    @property
    def judges_mail(self) -> bool:
        """Whether anything is asked about MAIL before there is a recipient."""
        judged = self._sender[1] or self._unlisted[1]
        return not self._settings.smtpd_delay_reject and bool(judged)

    @property
    def judges_data(self) -> bool:
        return bool(self._data[1])

    async def connect(
        self, session: ClientSession, transaction: Transaction, stage: str
    ) -> Reply | None:
        """A client is here, or is another one now; ``stage`` is CONNECT or XCLIENT."""
        if self._settings.smtpd_delay_reject or not self._client[1]:
            return None
        return await self._judge(self._request(session, transaction, stage), self._client)

    async def helo(
        self, session: ClientSession, transaction: Transaction, name: str, verb: str
    ) -> Reply | None:
        if self._settings.smtpd_delay_reject or not self._helo[1]:
            return None
        request = self._request(session, transaction, verb)
        request.helo = name
        return await self._judge(request, self._helo)

    async def mail(
        self, session: ClientSession, transaction: Transaction, sender: str
    ) -> Reply | None:
        request = self._request(session, transaction, "MAIL")
        request.sender = sender
        return await self._judge(request, self._sender, self._unlisted)

    async def rcpt(
        self, session: ClientSession, transaction: Transaction, recipient: str
    ) -> Reply | None:
        request = self._request(session, transaction, "RCPT")
        request.recipient = recipient
        return await self._judge(request, *self._rcpt)

    async def data(self, session: ClientSession, transaction: Transaction) -> Reply | None:
        request = self._request(session, transaction, "DATA")
        return await self._judge(self._for_one(request), self._data)

    async def end_of_data(self, session: ClientSession, transaction: Transaction) -> Reply | None:
        if not self._end_of_data[1]:
            return None
        request = self._request(session, transaction, "END-OF-MESSAGE")
        return await self._judge(self._for_one(request), self._end_of_data)

    async def etrn(
        self, session: ClientSession, transaction: Transaction, site: str
    ) -> Reply | None:
        request = self._request(session, transaction, "ETRN")
        request.site = site
        return await self._judge(request, *self._etrn)

    async def vrfy(
        self, session: ClientSession, transaction: Transaction, address: str
    ) -> Reply | None:
        """VRFY tells no more than RCPT would."""
        request = self._request(session, transaction, "VRFY")
        request.recipient = address
        return await self._judge(request, *self._vrfy)

    def _request(self, session: ClientSession, transaction: Transaction, stage: str) -> Request:
        return Request(self._resources, session, transaction, stage)

    def _for_one(self, request: Request) -> Request:
        """With DATA, the recipient is known to restrictions only where it is the only one."""
        recipients = request.transaction.recipients
        if len(recipients) == 1:
            request.recipient = recipients[0].address
        return request

    async def _judge(self, request: Request, *lists: _List) -> Reply | None:
        try:
            verdict = await self._apply(request, lists)
        except TryLater as later:
            verdict = Verdict(later.reply)
        except LookupFailed as failure:
            self._resources.log.warning(str(failure))
            verdict = Verdict(_temporary(request))
        except Misconfigured as mistake:
            self._resources.log.warning(str(mistake))
            verdict = Verdict(SERVER_CONFIGURATION)
        if verdict.reply is None:
            return None
        reply = self._final(request, verdict.reply)
        log_refusal(self._resources.log, "reject", request, Verdict(reply))
        return reply

    async def _apply(self, request: Request, lists: tuple[_List, ...]) -> Verdict:
        verdict = DUNNO
        for subject, restrictions in lists:
            request.subject = subject
            verdict = await evaluate(restrictions, request)
            if verdict.reply is None and request.deferral is not None:
                verdict = Verdict(request.deferral)
            if verdict.reply is not None:
                return verdict
        return await self._exists(request)

    async def _exists(self, request: Request) -> Verdict:
        """What applies behind the lists, whatever they permitted."""
        if request.recipient is None or request.stage not in {"RCPT", "VRFY"}:
            return DUNNO
        if not self._guarded:
            raise Misconfigured(
                "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify "
                "at least one working instance of: reject_unauth_destination, "
                "defer_unauth_destination, reject, defer, defer_if_permit"
            )
        if self._settings.smtpd_reject_unlisted_recipient and not request.transaction.discarded:
            return await reject_unlisted_recipient(request)
        return DUNNO

    def _final(self, request: Request, reply: Reply) -> Reply:
        if reply.code >= 500 and request.deferral_if_rejected is not None:
            return request.deferral_if_rejected
        return reply.softened if self._settings.soft_bounce else reply


async def _sender_exists(request: Request) -> Verdict:
    """Of mail that is forgotten anyway nobody need ask."""
    return DUNNO if request.transaction.discarded else await reject_unlisted_sender(request)


# What smtpd_reject_unlisted_sender adds: a list of its own, so that no permission leads past it.
_UNLISTED = (Restriction("reject_unlisted_sender", _sender_exists),)


def _not_empty(*lists: _List) -> tuple[_List, ...]:
    return tuple(one for one in lists if one[1])


def _temporary(request: Request) -> Reply:
    about = request.recipient or request.sender or request.object
    return Reply(451, "4.3.0", f"<{about}>: Temporary lookup failure")
