"""What rules know of a compiled pattern, whichever engine made it."""

from typing import Protocol


class Found(Protocol):
    """A match; ``[n]`` is what the n-th group matched, None if it took no part."""

    def __getitem__(self, group: int, /) -> str | None: ...


class Expression(Protocol):
    """``groups`` is how many groups it has; ``search`` looks for it anywhere in a text."""

    @property
    def groups(self) -> int: ...

    def search(self, text: str, /) -> Found | None: ...
