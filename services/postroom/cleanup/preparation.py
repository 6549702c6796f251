"""What is done to content before anybody looks at it, tables and mail filters included."""

from typing import Protocol

from postroom.cleanup.characters import Stripping, octets
from postroom.cleanup.settings import Settings
from postroom.contracts.cleanup import Handling
from postroom.mail.seven_bit import SevenBit


class Stage(Protocol):
    """Content in wire form comes in pieces of any size, and goes out as it is to be."""

    def feed(self, data: bytes) -> bytes: ...

    def finish(self) -> bytes:
        """What is left when the content is complete."""
        ...


class Preparing:
    """One message on its way through all stages."""

    def __init__(self, stages: list[Stage]) -> None:
        self._stages = stages

    def feed(self, data: bytes) -> bytes:
        """What becomes of a piece, as far as that is known."""
        for stage in self._stages:
            data = stage.feed(data)
        return data

    def finish(self) -> bytes:
        """What is left."""
        data = b""
        for stage in self._stages:
            data = stage.feed(data) + stage.finish()
        return data

    def whole(self, content: bytes) -> bytes:
        """All of a message at once."""
        return self.feed(content) + self.finish()


class Preparation:
    """What main.cf wants done."""

    def __init__(self, settings: Settings) -> None:
        # What is refused as well is not taken out before anybody has seen it.
        refused = octets(settings.message_reject_characters)
        self._unwanted = octets(settings.message_strip_characters).translate(None, refused)
        self._converts = (
            settings.force_mime_input_conversion and not settings.disable_mime_input_processing
        )

    def begin(self, handling: Handling) -> Preparing | None:
        """None where nothing is to be done, as for most."""
        if not (self._converts or self._unwanted):
            return None
        stages: list[Stage] = []
        if self._unwanted and handling.checks:
            stages.append(Stripping(self._unwanted))
        if self._converts:
            stages.append(SevenBit())
        return Preparing(stages) if stages else None
