"""One client at the desk: what all that has a part in its session shares."""

from typing import NamedTuple

from postroom.esmtp.server import ServerEngine
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.transfer import Transfer


class Encounter(NamedTuple):
    """Made when a client comes, and gone with it."""

    desk: Desk
    session: ClientSession
    engine: ServerEngine
    transfer: Transfer
