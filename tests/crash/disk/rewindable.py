"""The disk in memory that can forget what was written to it, so that one copy serves all states."""

from pathlib import Path


class Rewindable:
    """``size`` bytes, zeros at first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._content = bytearray(size)
        self._undo: list[tuple[int, bytes]] = []

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._content[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        """Can be taken back."""
        self._undo.append((offset, self.read(offset, len(data))))
        self._content[offset : offset + len(data)] = data

    def write_for_good(self, offset: int, data: bytes) -> None:
        """Nothing may have been written since the last ``rewind``."""
        assert not self._undo
        self._content[offset : offset + len(data)] = data

    def rewind(self) -> None:
        """Take back every ``write``."""
        while self._undo:
            offset, before = self._undo.pop()
            self._content[offset : offset + len(before)] = before

    def save(self, image: Path) -> None:
        """As it is now."""
        image.write_bytes(self._content)

    def sync(self) -> None:
        """Nothing is promised."""
