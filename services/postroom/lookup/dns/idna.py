"""The form in which the name service knows an internationalized name (RFC 5890, UTS #46)."""

import unicodedata

# Full stops of other scripts, which people type (UTS #46 section 2.3).
_STOPS = str.maketrans("\u3002\uff0e\uff61", "...")
_PREFIX = "xn--"


def ascii_name(name: str, *, transitional: bool = False) -> str:
    """``straße.example`` is ``xn--strae-oqa.example``, a domain of its own; where ``transitional``
    it is ``strasse.example``, as for IDNA 2003 (postconf(5), enable_idna2003_compatibility).

    Raises UnicodeError for a label that cannot be told.
    """
    if name.isascii():
        return name
    if transitional:
        return name.encode("idna").decode("ascii")
    mapped = unicodedata.normalize("NFKC", name.lower()).translate(_STOPS)
    return ".".join(map(_label, mapped.split(".")))


def _label(label: str) -> str:
    return label if label.isascii() else _PREFIX + label.encode("punycode").decode("ascii")
