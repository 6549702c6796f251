"""What all units of a mail system share: its name, its user, and its directories."""

from collections.abc import Mapping

from postroom.config import own_places
from postroom.config.configuration import Configuration
from postroom.instance import drop_directory

# What systemd makes and gives to the service's user by itself (StateDirectory=).
_STATE = "/var/lib/"


def places(configuration: Configuration) -> Mapping[str, object]:
    """Values for every template; ``state_directory`` is empty where systemd does not make the
    queue's directory."""
    instance = configuration.instance
    queue = own_places.queue_directory(configuration)
    return {
        "instance": instance,
        "config_directory": str(configuration.directory),
        "daemon_directory": own_places.daemon_directory(configuration),
        "drop_directory": drop_directory(instance),
        "mail_owner": own_places.mail_owner(configuration),
        "queue_directory": queue,
        "state_directory": queue.removeprefix(_STATE) if queue.startswith(_STATE) else "",
    }
