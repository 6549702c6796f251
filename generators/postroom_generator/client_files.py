"""Files that an SMTP or LMTP client needs: passwords, its certificates, those of authorities."""

import re
from collections.abc import Iterator, Mapping

from postroom.config import table_types
from postroom_generator.secret_files import secret_files
from postroom_generator.service import Service

# A path that can stand in a unit file without quoting.
_PLAIN = re.compile(r"/[A-Za-z0-9_.,+@/-]+", re.ASCII)
# What the unit shows every client anyway.
_SHOWN = ("/etc/ssl/", "/etc/pki/", "/usr/")
_CERTIFICATES = ("cert_file", "key_file", "eccert_file", "eckey_file")


def client_files(service: Service) -> Mapping[str, object]:
    """Values for the template: files handed over, and public ones to be seen."""
    return {
        "secret_files": secret_files((*_passwords(service), *_own_certificates(service))),
        "authorities": tuple(dict.fromkeys(_authorities(service))),
    }


def _passwords(service: Service) -> Iterator[str]:
    """Of tables that lie in files; proxymap asks servers for the others."""
    program = service.line.program
    if not service.yes(f"{program}_sasl_auth_enable"):
        return
    for word in service.words(f"{program}_sasl_password_maps"):
        for kind, name in table_types.with_members(word):
            if kind in table_types.INDEX_SUFFIXES:
                yield name + table_types.INDEX_SUFFIXES[kind]
            elif kind in table_types.SOURCES:
                yield name


def _own_certificates(service: Service) -> Iterator[str]:
    prefix = f"{service.line.program}_tls"
    yield from service.words(f"{prefix}_chain_files")
    yield from (service.text(f"{prefix}_{name}") for name in _CERTIFICATES)


def _authorities(service: Service) -> Iterator[str]:
    for name in ("CAfile", "CApath"):
        parameter = f"{service.line.program}_tls_{name}"
        path = service.text(parameter)
        if path and not _PLAIN.fullmatch(path):
            raise service.error(f"{parameter}: {path!r} is not the plain name of a file")
        if path and not path.startswith(_SHOWN):
            yield path
