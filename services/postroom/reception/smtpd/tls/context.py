"""The SSL context that the configuration asks for: keys, versions, ciphers, clients' certificates.

Everything in it is read once, when smtpd starts: ``postroom reload`` starts it anew where a file
is another one by then.
"""

import hashlib
import ssl
from collections.abc import Iterator

from postroom.config.tls_files import PAIRS
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.tls.server_names import ServerNames
from postroom.reception.smtpd.tls_settings import TlsSettings
from postroom.systemd.credentials import read_if_any
from postroom.tls.chain import BadChain, chain, chains, use_chain, use_dh_parameters
from postroom.tls.ciphers import CipherLists, cipher_list
from postroom.tls.context import Policy, server_context
from postroom.tls.versions import allowed_versions

# Words of smtpd_tls_dh1024_param_file that are no file.
_BUILT_IN = frozenset({"", "auto", "none"})


class Unusable(Exception):
    """TLS cannot be offered; the text says why, for the log."""


def tls_context(
    settings: TlsSettings, log: SmtpdLog, *, mandatory: bool, ask: bool = True
) -> ssl.SSLContext:
    """``ask`` clients for a certificate, if main.cf says so. Raises Unusable."""
    try:
        policy = _policy(settings, mandatory)
        context = server_context(policy)
        _use_keys(context, settings)
        _choose_curve(context, settings)
        if settings.smtpd_tls_session_cache_timeout == 0:
            context.options |= ssl.OP_NO_TICKET
            context.num_tickets = 0
        hashlib.new(settings.smtpd_tls_fingerprint_digest, usedforsecurity=False)
        if settings.sni_chains:
            context.sni_callback = ServerNames(settings.sni_chains, policy, log).choose
        if ask:
            _ask_for_certificates(context, settings, mandatory)
    except ssl.SSLError as error:
        raise Unusable(f"TLS library problem: {error.reason or error}") from None
    except (OSError, ValueError) as error:
        raise Unusable(str(error)) from None
    return context


def _policy(settings: TlsSettings, mandatory: bool) -> Policy:
    excluded = [settings.smtpd_tls_exclude_ciphers]
    if mandatory:
        excluded.append(settings.smtpd_tls_mandatory_exclude_ciphers)
    if settings.smtpd_tls_eecdh_grade == "none":
        excluded.append("kEECDH")
    if settings.smtpd_tls_ask_ccert or settings.smtpd_tls_req_ccert:
        # Who does not show a certificate is shown none.
        excluded.append("aNULL")
    versions, grade = settings.smtpd_tls_protocols, settings.smtpd_tls_ciphers
    if mandatory:
        versions, grade = (
            settings.smtpd_tls_mandatory_protocols,
            settings.smtpd_tls_mandatory_ciphers,
        )
    lists = CipherLists(
        high=settings.tls_high_cipherlist,
        medium=settings.tls_medium_cipherlist,
        null=settings.tls_null_cipherlist,
        low=settings.tls_low_cipherlist,
        export=settings.tls_export_cipherlist,
    )
    return Policy(
        allowed_versions(versions),
        cipher_list(grade, lists, excluded),
        settings.tls_ssl_options,
        settings.tls_preempt_cipherlist,
    )


def _use_keys(context: ssl.SSLContext, settings: TlsSettings) -> None:
    found = tuple(_chains(settings))
    if not found:
        raise Unusable("no server certificates are configured (smtpd_tls_cert_file)")
    for pem in found:
        use_chain(context, pem)
    if settings.smtpd_tls_dh1024_param_file not in _BUILT_IN:
        use_dh_parameters(context, read_if_any("smtpd_tls_dh1024_param_file"))


def _chains(settings: TlsSettings) -> Iterator[bytes]:
    if files := settings.smtpd_tls_chain_files:
        numbers = range(len(files))
        yield from chains(
            b"\n".join(read_if_any(f"smtpd_tls_chain_files.{number}") for number in numbers)
        )
        return
    for certificate, key in PAIRS:
        path = getattr(settings, f"smtpd_tls_{certificate}")
        if path in _BUILT_IN:
            continue
        pem = chain(read_if_any(f"smtpd_tls_{key}"), read_if_any(f"smtpd_tls_{certificate}"))
        if b"BEGIN CERTIFICATE" not in pem:
            raise BadChain(f'cannot get a certificate from file "{path}"')
        yield pem


def _choose_curve(context: ssl.SSLContext, settings: TlsSettings) -> None:
    curves = {
        "strong": settings.tls_eecdh_strong_curve,
        "ultra": settings.tls_eecdh_ultra_curve,
    }
    if curve := curves.get(settings.smtpd_tls_eecdh_grade):
        context.set_ecdh_curve(curve)


def _ask_for_certificates(context: ssl.SSLContext, settings: TlsSettings, mandatory: bool) -> None:
    """Nobody is asked where no authority could have signed what is shown."""
    if not (settings.smtpd_tls_ask_ccert or settings.smtpd_tls_req_ccert):
        return
    if settings.smtpd_tls_CAfile:
        authorities = read_if_any("smtpd_tls_CAfile").decode("ascii", "replace")
        context.load_verify_locations(cadata=authorities)
    if settings.smtpd_tls_CApath:
        context.load_verify_locations(capath=settings.smtpd_tls_CApath)
    if settings.smtpd_tls_req_ccert and mandatory:
        context.verify_mode = ssl.CERT_REQUIRED
    elif settings.smtpd_tls_CAfile or settings.smtpd_tls_CApath:
        context.verify_mode = ssl.CERT_OPTIONAL
