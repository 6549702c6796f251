"""A server outside of the mail system as main.cf names it: a place, and options of its own."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from postroom.config.braces import split_words, unbraced
from postroom.config.endpoint import BadServer, Endpoint, endpoint

Option = float | int | str | tuple[int, bool]
Options = Mapping[str, Callable[[str], Option]]
"""What reads the value of an option, by its name; raises ValueError."""


class Server(NamedTuple):
    """Where it listens. ``options`` take the place of parameters that hold for all servers."""

    at: Endpoint
    options: Mapping[str, Option] = {}


def parse_server(word: str, directory: str, known_ports: Collection[str], known: Options) -> Server:
    """``place`` or ``{place, option=value, {option = value}}``; raises BadServer.

    Relative paths begin in ``directory``; ports may have a name of ``known_ports``.
    """
    words = split_words(unbraced(word)) if word.startswith("{") else [word]
    if not words:
        raise BadServer(f'"{word}" is no server: there is nothing within the braces')
    place, *options = words
    return Server(
        endpoint(place, directory, known_ports), dict(_option(text, known) for text in options)
    )


def _option(text: str, known: Options) -> tuple[str, Option]:
    inner = unbraced(text) if text.startswith("{") else text
    name, equals, value = (part.strip() for part in inner.partition("="))
    read = known.get(name)
    if read is None or not equals:
        raise BadServer(f'"{text}" is no option; there are {", ".join(known)}')
    try:
        return name, read(value)
    except ValueError as error:
        raise BadServer(f"{name}: {error}") from None
