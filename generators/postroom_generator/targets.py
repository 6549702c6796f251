"""What starts a further instance; the first one's target is the package's."""

from collections.abc import Iterator

from postroom.config.configuration import Configuration
from postroom.config.instances import starts_with_machine
from postroom.instance import PRIMARY, target
from postroom_generator.places import places
from postroom_generator.unit import Unit


def targets(configuration: Configuration) -> Iterator[Unit]:
    """None, or one."""
    instance = configuration.instance
    if instance != PRIMARY:
        wanted_by = "multi-user.target" if starts_with_machine(configuration) else ""
        yield Unit(target(instance), "instance.target.j2", places(configuration), wanted_by)
