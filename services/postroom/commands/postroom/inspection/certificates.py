"""Certificates and keys: missing, expired or soon to be, not of each other, open to others."""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from postroom.config.judgement.rights import readable
from postroom.config.judgement.written import Written, written
from postroom.config.lookup import Lookup
from postroom.config.parameters import declaration
from postroom.config.problem import Problem
from postroom.tls.certificate import NoCertificate, expiry_of

# Time to get a new one; those that renew themselves are renewed a month before.
SOON = timedelta(days=14)
_CERTIFICATE = re.compile(r"(?P<of>\w+_tls)_(?P<sort>d|ec)?cert_file")
_KEY = re.compile(r"\w+_tls_(?:d|ec)?key_file")
_CHAINS = re.compile(r"\w+_tls_chain_files")
_AUTHORITIES = re.compile(r"\w+_tls_CA(?:file|path)")


def holds_private_key(parameter: str) -> bool:
    """Whether the files that it names are secret."""
    return bool(_KEY.fullmatch(parameter) or _CHAINS.fullmatch(parameter))


def unusable(lookup: Lookup) -> Iterator[Problem]:
    for one in written(lookup):
        for path in _paths(lookup, one):
            if not path.exists():
                yield _serious(one, f"there is no file {path}")
            elif _CERTIFICATE.fullmatch(one.name) or _CHAINS.fullmatch(one.name):
                yield from _certificate(one, path)
            if holds_private_key(one.name):
                yield from readable(path, "it holds a private key")
        match = _CERTIFICATE.fullmatch(one.name)
        if match:
            yield from _pair(lookup, one, f"{match['of']}_{match['sort'] or ''}key_file")


def _paths(lookup: Lookup, one: Written) -> tuple[Path, ...]:
    kinds = (_CERTIFICATE, _KEY, _CHAINS, _AUTHORITIES)
    if not any(kind.fullmatch(one.name) for kind in kinds):
        return ()
    words = lookup.text(one.name, one.overrides).replace(",", " ").split()
    return tuple(Path(word) for word in words if word.startswith("/"))


def _certificate(one: Written, path: Path) -> Iterator[Problem]:
    try:
        end = expiry_of(path.read_text("ascii", "replace"))
    except PermissionError:
        return  # no concern of who only looks
    except (OSError, NoCertificate) as error:
        yield _serious(one, f"{path}: {error}")
        return
    now = datetime.now(UTC)
    if end <= now:
        yield one.warning(f"{path}: the certificate expired on {end:%Y-%m-%d}")
    elif end <= now + SOON:
        yield one.warning(f"{path}: the certificate expires on {end:%Y-%m-%d}")


def _pair(lookup: Lookup, one: Written, key_parameter: str) -> Iterator[Problem]:
    certificate = lookup.text(one.name, one.overrides)
    key = lookup.text(key_parameter, one.overrides) or certificate
    if not (Path(certificate).is_file() and Path(key).is_file()):
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        yield _serious(one, f"{certificate} and its key {key} cannot be used: {error.reason}")
    except OSError:
        return  # it may be root's alone


def _serious(one: Written, text: str) -> Problem:
    """What is never used can do no harm."""
    parameter = declaration(one.name)
    acts = parameter is not None and parameter.acts
    return one.error(text) if acts else one.warning(text)
