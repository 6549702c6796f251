"""Turn what a local program wrote into the form that SMTP carries, piece by piece.

Lines end in CRLF (RFC 5321 section 2.3.8), a dot that starts a line is doubled (section
4.5.2). A CRLF counts as one line end (main.cf: sendmail_fix_line_endings); a CR anywhere else
becomes a space, as Postfix's cleanup_replace_stray_cr_lf does, so that no receiver sees a line end
where we see none.
"""

import re

# As in Postfix, all CRs before a LF are part of the line end.
_LINE_ENDS = re.compile(rb"(?<!\r)\r++\n")


class WireEncoder:
    """Encodes one message; state between pieces is whether a line starts, and how many CRs wait
    for what follows.

    ``fix`` is when a CR before a LF belongs to the line end: always, never, or (strict) where it
    does in the first line.
    """

    def __init__(self, fix: str = "always") -> None:
        self._fix = fix
        self._at_line_start = True
        self._open_crs = 0

    def encode(self, piece: bytes) -> bytes:
        data = piece.rstrip(b"\r")
        open_crs, self._open_crs = self._open_crs, len(piece) - len(data)
        if not data:
            self._open_crs += open_crs
            return b""
        data = b"\r" * open_crs + data
        if self._fix == "strict" and b"\n" in data:
            first = data.partition(b"\n")[0]
            self._fix = "always" if first.endswith(b"\r") else "never"
        if b"\r" in data:
            if self._fix == "always":
                data = _LINE_ENDS.sub(b"\n", data)
            data = data.replace(b"\r", b" ")
        starts_with_dot = self._at_line_start and data.startswith(b".")
        self._at_line_start = data.endswith(b"\n")
        if b"\n." in data:
            data = data.replace(b"\n.", b"\n..")
        data = data.replace(b"\n", b"\r\n")
        return b"." + data if starts_with_dot else data

    def finish(self) -> bytes:
        """What completes the last line."""
        rest = b" " * self._open_crs
        return rest + b"\r\n" if rest or not self._at_line_start else b""
