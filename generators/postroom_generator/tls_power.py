"""What smtpd needs for TLS: its keys and certificates, which it may not read itself.

A file that is not there asks for nothing; smtpd says in the log that it lacks it.
"""

from collections.abc import Mapping
from itertools import chain

from postroom.config.sni_chains import sni_chains
from postroom.config.tls_files import credentials, server_level
from postroom_generator.secret_files import secret_files, state_of
from postroom_generator.service import Service

_OTHER_FILES = ("dh1024_param_file", "CAfile")


def tls_power(service: Service) -> Mapping[str, object]:
    """Values for smtpd's template."""
    if not _speaks_tls(service):
        return {"tls_files": (), "authorities": ""}
    chains = service.words("smtpd_tls_chain_files")
    files = credentials("smtpd", chains, _OTHER_FILES, service.text)
    named = chain.from_iterable(sni_chains(service.configuration, service.line.overrides).values())
    return {
        "tls_files": (
            *((name, path, state_of(path)) for name, path in files),
            *secret_files(named),
        ),
        "authorities": service.text("smtpd_tls_CApath"),
    }


def _speaks_tls(service: Service) -> bool:
    level = server_level(
        str(service.value("smtpd_tls_security_level")),
        use=service.yes("smtpd_use_tls"),
        enforce=service.yes("smtpd_enforce_tls"),
    )
    return level != "none" or service.yes("smtpd_tls_wrappermode")
