"""The parameters of main.cf that policy-client reads, once for each server that is named."""

import msgspec


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where a policy server listens, and how it is spoken to; times in seconds."""

    path: str = ""
    host: str = ""
    port: int = 0
    timeout: float
    max_idle: float
    max_ttl: float
    request_limit: int
    retry_delay: float
    try_limit: int
    default_action: str
    policy_context: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``policy_servers`` by how main.cf names them."""

    max_idle: float
    syslog_facility: str
    syslog_name: str
    policy_servers: dict[str, Server]
