"""Socket ``probed``: verify(8) is told what became of its probes.

Called by qmgr alone, as it would call bounce; nobody else hears of a probe.
"""

from postroom.contracts.bounce import Tell
from postroom.ipc.contract import Contract

CONTRACT = Contract("probed", Tell)
