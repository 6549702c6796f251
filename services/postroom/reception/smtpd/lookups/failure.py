"""Nothing could be concluded; the client is asked to come back."""


class LookupFailed(Exception):
    """A table, the address resolver or the name service gave no answer; the text is for the log."""
