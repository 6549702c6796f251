"""Further instances: whether they can be told apart, by their names and by their queues."""

from collections.abc import Iterator

from postroom.config import own_places
from postroom.config.instances import can_be, further, is_known, others
from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity
from postroom.instance import PRIMARY, PRIMARY_DIRECTORY


def confused(lookup: Lookup) -> Iterator[Problem]:
    """Errors for the first instance where it names what can be none, and for a further one that
    nobody names, or that has the queue of another; a warning for one that is not there."""
    if lookup.instance == PRIMARY:
        yield from _misplaced(lookup)
    elif not is_known(lookup.directory):
        text = "no mail system runs with it: multi_instance_directories does not name it"
        yield Problem(Severity.ERROR, lookup.directory, 0, text)
    else:
        yield from _shared_queue(lookup)


def _misplaced(first: Lookup) -> Iterator[Problem]:
    for one in written(first):
        if one.name == "multi_instance_directories":
            for directory in further(first):
                if not (directory / "main.cf").is_file():
                    yield one.warning(f"{directory}: there is no main.cf")
                if not can_be(directory):
                    form = f"{PRIMARY_DIRECTORY}-NAME with a NAME of small letters and digits"
                    yield one.error(f"{directory}: a further instance is configured in {form}")


def _shared_queue(lookup: Lookup) -> Iterator[Problem]:
    queue = own_places.queue_directory(lookup)
    for other in others(lookup.directory):
        if own_places.queue_directory(other) == queue:
            text = f"queue_directory: {queue} is the queue of {other.directory}"
            yield Problem(Severity.ERROR, *lookup.place("queue_directory"), text)
