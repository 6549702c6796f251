"""The programs of master.cf that Postroom has, and where their code is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """``module`` is run by the unit; ``contract`` names its socket and the socket's template.

    ``also`` are further sockets it serves, each with a template and a path of that name.
    ``requests_at_once``: how many deliveries one process of its does together.
    """

    module: str
    contract: str
    also: tuple[str, ...] = ()
    requests_at_once: int = 1

    @property
    def settings_module(self) -> str:
        return f"{self.module}.settings"


# Enough that fsync(2), which takes most of the time, is shared; few enough that the first of
# them need not wait long.
MAILBOX_BATCH = 16

PROGRAMS: Mapping[str, Program] = {
    "smtpd": Program("postroom.reception.smtpd", "smtpd"),
    "postdrop": Program("postroom.reception.postdrop", "postdrop"),
    "pickup": Program("postroom.reception.pickup", "pickup", also=("submitted",)),
    "cleanup": Program("postroom.cleanup", "cleanup"),
    "milter": Program("postroom.milter", "milter"),
    "qmgr": Program("postroom.queue.qmgr", "qmgr", also=("showq", "queue-admin")),
    "bounce": Program("postroom.bounce", "bounce"),
    "trivial-rewrite": Program("postroom.lookup.trivial_rewrite", "rewrite"),
    "proxymap": Program("postroom.lookup.proxymap", "proxymap"),
    "spawn": Program("postroom.lookup.spawn", "spawn"),
    "policy-client": Program("postroom.lookup.policy_client", "policy-client"),
    "dns": Program("postroom.lookup.dns", "dns"),
    "verify": Program("postroom.lookup.verify", "verify", also=("probed",)),
    "smtp": Program("postroom.delivery.smtp", "delivery"),
    "lmtp": Program("postroom.delivery.lmtp", "delivery"),
    "local": Program("postroom.delivery.local", "delivery", requests_at_once=MAILBOX_BATCH),
    "virtual": Program("postroom.delivery.virtual", "delivery", requests_at_once=MAILBOX_BATCH),
    "pipe": Program("postroom.delivery.pipe", "delivery"),
    "error": Program("postroom.delivery.error", "delivery"),
    "discard": Program("postroom.delivery.discard", "delivery"),
}

# Ours alone: Postfix's master.cf has no line for them, so they are always there.
ALWAYS = ("postdrop", "dns")
# The same, where some service names filters.
FILTERING = "milter"
# The same, where some service names policy servers.
DECIDING = "policy-client"

# Their lines need no unit: showq is a socket of qmgr; smtpd counts its clients, asks DNS lists and
# speaks TLS itself.
SERVED_BY_OTHERS = frozenset(("showq", "anvil", "dnsblog", "tlsproxy"))

# What takes the place of programs that are not there. In postscreen's, smtpd looks at clients
# before it greets them, and then serves them.
STAND_INS: Mapping[str, str] = {"postscreen": "smtpd", "oqmgr": "qmgr", "nqmgr": "qmgr"}
