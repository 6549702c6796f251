"""Read a table's source."""


def read_text(descriptor: int) -> str:
    """The whole file, closed; bytes that are no UTF-8 become lone surrogates for the caller."""
    with open(descriptor, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        return file.read()
