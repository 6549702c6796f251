"""The parameters of main.cf that error and retry read."""

from postroom.delivery.agent_settings import AgentSettings


class Settings(AgentSettings, frozen=True, kw_only=True):
    """Fields are parameters of that name (postconf(5)); ``service_name`` is master.cf's."""

    service_name: str
    soft_bounce: bool
