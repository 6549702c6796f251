"""TLS in the SMTP server: promised without a certificate, or with tables of no use."""

from collections.abc import Iterator

from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.problem import ConfigError, Problem, Severity
from postroom.config.sni_chains import sni_chains
from postroom.config.tls_files import PAIRS

_SWITCHES = ("smtpd_tls_security_level", "smtpd_tls_wrappermode", "smtpd_use_tls")
_OFF = frozenset({"", "no", "none"})


def without_certificate(lookup: Lookup) -> Iterator[Problem]:
    for one in written(lookup):
        if one.name not in _SWITCHES or lookup.text(one.name, one.overrides).lower() in _OFF:
            continue
        names = ("chain_files", *(certificate for certificate, _ in PAIRS))
        if not any(lookup.text(f"smtpd_tls_{name}", one.overrides) for name in names):
            yield one.warning("TLS cannot be offered without smtpd_tls_cert_file")


def names_without_files(lookup: Lookup) -> Iterator[Problem]:
    """tls_server_sni_maps that do not lead to keys and certificates."""
    for one in written(lookup):
        if one.name == "tls_server_sni_maps":
            try:
                sni_chains(lookup, one.overrides)
            except ConfigError as error:
                yield Problem(Severity.ERROR, error.path, error.line, error.text)
