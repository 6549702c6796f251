"""What all sessions of one smtpd share: settings, log, peers, and what is the same for all."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from postroom.contracts.intake import Intake
from postroom.esmtp.reply import Reply
from postroom.ipc.client import Client
from postroom.mail.probe_sender import ProbeSender
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.request import Resources
from postroom.reception.smtpd.access.stages import Gatekeeper
from postroom.reception.smtpd.client_limits import ClientLimits
from postroom.reception.smtpd.client_name import ClientNames
from postroom.reception.smtpd.command_filter import CommandFilter
from postroom.reception.smtpd.flush import SiteFlush
from postroom.reception.smtpd.full_queue import FullQueue
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.notices import Notices
from postroom.reception.smtpd.offer import Offers
from postroom.reception.smtpd.privileges import Privileges
from postroom.reception.smtpd.refusals import Refusals
from postroom.reception.smtpd.sasl.authentication import Authentication
from postroom.reception.smtpd.screening.screen import Screen
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.tls.encryption import Encryption
from postroom.tables.match_list import StringList


class Desk(NamedTuple):
    """Handed to every session. ``background`` sees to it that something gets done."""

    resources: Resources
    settings: Settings
    log: SmtpdLog
    tables: Tables
    intake: Intake
    full_queue: FullQueue
    notices: Notices
    gatekeeper: Gatekeeper
    encryption: Encryption
    authentication: Authentication
    client_names: ClientNames
    # None where nobody is looked at before the greeting.
    screen: Screen | None
    client_limits: ClientLimits
    privileges: Privileges
    probe_sender: ProbeSender
    forbidden_commands: StringList
    flush: SiteFlush
    # None where no filter wants to hear anything.
    milter: Client | None
    offers: Offers
    refusals: Refusals
    command_filter: CommandFilter
    greeting: Reply
    helo_reply: Reply
    background: Callable[[Coroutine[Any, Any, None]], None]
    now: Callable[[], float] = time.time

    def under_stress(self, settings: Settings) -> "Desk":
        """The same with other values of what one session goes by; who counts clients, keeps keys
        or knows passwords does not change."""
        resources = self.resources.under(settings)
        return self._replace(
            resources=resources,
            settings=settings,
            gatekeeper=Gatekeeper(resources),
            encryption=self.encryption.waiting(settings.smtpd_starttls_timeout),
            screen=self.screen and self.screen.under(resources),
            greeting=Reply(220, "", settings.smtpd_banner),
        )
