"""Socket ``pickup``: postdrop says that the maildrop is no longer empty."""

from postroom.contracts.cleanup import Ready
from postroom.ipc.contract import Contract, Question


class Wake(Question[Ready], frozen=True, tag="wake"):
    """Look into the maildrop soon; the answer does not wait for that."""


CONTRACT = Contract("pickup", Wake)
