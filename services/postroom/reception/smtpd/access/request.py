"""What is judged: one command of one client, with all that is known by then."""

from enum import Enum
from typing import NamedTuple

from postroom.esmtp.reply import Reply
from postroom.mail.address import split_address
from postroom.mail.envelope import Client
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.verdict import DUNNO, Verdict
from postroom.reception.smtpd.lookups.client_list import ClientList
from postroom.reception.smtpd.lookups.destinations import Destinations
from postroom.reception.smtpd.lookups.memory import ShortMemory
from postroom.reception.smtpd.lookups.names import Names
from postroom.reception.smtpd.lookups.policies import Policies
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.lookups.verification import Verification
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.transaction import Transaction
from postroom.tables.match_list import NetworkList, StringList


class Subject(Enum):
    """Whose list is being applied; the value stands in replies: ``Helo command rejected``."""

    CLIENT = "Client host"
    HELO = "Helo command"
    SENDER = "Sender address"
    RECIPIENT = "Recipient address"
    DATA = "Data command"
    END_OF_DATA = "End-of-data"
    ETRN = "Etrn command"


class Resources(NamedTuple):
    """What restrictions may use besides the request itself.

    ``recipients`` remembers which of them exist.
    """

    settings: Settings
    log: SmtpdLog
    tables: Tables
    destinations: Destinations
    names: Names
    policies: Policies
    verification: Verification
    mynetworks: ClientList
    backup_networks: NetworkList
    logged_permits: StringList
    recipients: ShortMemory[Verdict]

    def under(self, settings: Settings) -> "Resources":
        """With other settings, but for those that all sessions share."""
        patience = settings.address_verify_poll_count, settings.address_verify_poll_delay
        verification = self.verification.with_patience(*patience)
        return self._replace(settings=settings, verification=verification)


class Request:
    """One command under judgement. ``stage`` is what the log shows: ``RCPT``, ``MAIL`` …

    ``deferral`` is what a client gets in place of an acceptance (defer_if_permit), and
    ``deferral_if_rejected`` in place of a final refusal (defer_if_reject).
    """

    def __init__(
        self,
        resources: Resources,
        session: ClientSession,
        transaction: Transaction,
        stage: str,
    ) -> None:
        self.resources = resources
        self.settings = resources.settings
        self.session = session
        self.transaction = transaction
        self.stage = stage
        self.helo = session.client.helo
        self.sender = transaction.sender
        self.recipient: str | None = None
        self.site = ""
        self.subject = Subject.CLIENT
        self.recipient_checked = False
        self.logs_permissions = bool(resources.logged_permits)
        self.depth = 0
        self.deferral: Reply | None = None
        self.deferral_if_rejected: Reply | None = None

    @property
    def client(self) -> Client:
        return self.session.client

    @property
    def object(self) -> str:
        """What stands between the angle brackets of a reply."""
        return self.object_of(self.subject)

    def object_of(self, subject: Subject) -> str:
        """What that is of another list."""
        return {
            Subject.CLIENT: self.client.shown,
            Subject.HELO: self.helo,
            Subject.SENDER: self.sender,
            Subject.RECIPIENT: self.recipient,
            Subject.ETRN: self.site,
        }.get(subject) or subject.value

    async def trusted(self) -> bool:
        """Find out whether the client is in mynetworks; the session remembers it."""
        self.session.trusted = trusted = await self.resources.mynetworks.has(self.client)
        return trusted

    def defer_if_permitted(self, reply: Reply) -> Verdict:
        """Remember the first reason not to accept for now, and go on."""
        if self.deferral is None:
            self.deferral = reply
        return DUNNO

    def put_off(self, action: str, refusal: Reply) -> Verdict:
        """What a temporary failure leads to (main.cf: reject_tempfail_action and its like)."""
        match action:
            case "defer":
                return Verdict(refusal)
            case "defer_if_permit":
                return self.defer_if_permitted(refusal)
            case "defer_if_reject":
                self.deferral_if_rejected = self.deferral_if_rejected or refusal
        return DUNNO


def domain_of(address: str) -> str:
    """The domain in lower case; empty if there is none."""
    return split_address(address)[1].lower()
