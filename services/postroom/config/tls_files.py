"""Files of keys and certificates: in which parameters they stand, and whether they are needed."""

from collections.abc import Callable

# Certificate and key, by the algorithm; in the order in which OpenSSL would rather use them.
PAIRS = (("eccert_file", "eckey_file"), ("cert_file", "key_file"), ("dcert_file", "dkey_file"))
# Words that stand in the place of a file (postconf(5)).
_NO_FILE = frozenset({"", "auto", "none"})


def server_level(level: str, *, use: bool, enforce: bool) -> str:
    """smtpd_tls_security_level, or what older parameters say in its place."""
    if level:
        return level
    return "encrypt" if enforce else "may" if use else "none"


def credentials(
    prefix: str, chains: tuple[str, ...], others: tuple[str, ...], text: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    """Name and path of each file that the parameters ``<prefix>_tls_…`` name.

    ``chains`` is ``<prefix>_tls_chain_files``, which takes the place of the pairs; ``others`` are
    further parameters with one file each.
    """
    if chains:
        found = [(f"{prefix}_tls_chain_files.{number}", path) for number, path in enumerate(chains)]
    else:
        names = [f"{prefix}_tls_{name}" for pair in PAIRS for name in pair]
        found = [(name, text(name)) for name in names]
    found += [(name, text(name)) for name in (f"{prefix}_tls_{one}" for one in others)]
    return tuple((name, path) for name, path in found if path not in _NO_FILE)
