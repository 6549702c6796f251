"""Which line ends a text has: behind a session there is CRLF, and nothing else."""

from io import IncrementalNewlineDecoder

CRLF = "\r\n"


def line_ends(text: bytes) -> tuple[str, ...]:
    """Each of CR, LF and CRLF that there is in ``text``, once, in that order.

    What reads text files looks at every byte once, and so costs half of what it costs to search
    for each of the three.
    """
    decoder = IncrementalNewlineDecoder(None, translate=False)
    decoder.decode(text.decode("latin-1"), final=True)
    seen: str | tuple[str, ...] | None = decoder.newlines
    if seen is None:
        return ()
    return seen if isinstance(seen, tuple) else (seen,)


def has_only_crlf(text: bytes) -> bool:
    return line_ends(text) in ((), (CRLF,))
