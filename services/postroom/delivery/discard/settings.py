"""The parameters of main.cf that discard reads."""

from postroom.delivery.agent_settings import AgentSettings


class Settings(AgentSettings, frozen=True, kw_only=True):
    """Each field is the parameter of that name (postconf(5)); times in seconds."""
