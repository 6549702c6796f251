"""Input that is taken out line by line, in bounded memory."""


class LineBuffer(bytearray):
    """What has come and was not looked at. ``discarded`` is how much was thrown away of a line
    that is too long, until somebody sets it back."""

    def __init__(self) -> None:
        super().__init__()
        self.discarded = 0
        self._searched = 0

    def take_line(self, limit: int) -> bytes | None:
        """The next line without its LF; None if it is not whole, or all of it was discarded."""
        end = self.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self)
            if len(self) >= limit:
                self.discarded += len(self)
                self._searched = 0
                self.clear()
            return None
        line = bytes(self[:end])
        del self[: end + 1]
        self._searched = 0
        if end >= limit:
            self.discarded += end
        return line

    def forget(self) -> None:
        """Begin anew."""
        self.clear()
        self._searched = self.discarded = 0
