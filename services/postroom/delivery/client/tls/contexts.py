"""SSL contexts by policy, with our certificate and the authorities that we trust."""

import ssl

from postroom.delivery.client.rules import Rules
from postroom.delivery.client.tls.policy import BadPolicy, Level, Policy
from postroom.maillog.smtp import SmtpLog
from postroom.tables.credential import readable
from postroom.tls import context as tls
from postroom.tls.chain import BadChain, chains, use_chain
from postroom.tls.ciphers import (
    NO_SECURITY_LEVEL,
    PROOF_SECURITY_LEVEL,
    BadCiphers,
    CipherLists,
    cipher_list,
)
from postroom.tls.context import BadOption, client_context
from postroom.tls.versions import BadVersions, allowed_versions

_Key = tuple[str, str, tuple[str, ...], Level]


class Contexts:
    """Makes each context once: its files are read when the service first needs it."""

    def __init__(self, rules: Rules, log: SmtpLog) -> None:
        self._rules = rules
        self._log = log
        self._known: dict[_Key, ssl.SSLContext] = {}

    def context(self, policy: Policy) -> ssl.SSLContext:
        """Raises BadPolicy where the policy or what it needs cannot be had."""
        key = policy.protocols, policy.ciphers, policy.excluded, policy.level
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(policy)
        return found

    def _made(self, policy: Policy) -> ssl.SSLContext:
        rules = self._rules
        lists = CipherLists(
            high=rules.tls_high_cipherlist,
            medium=rules.tls_medium_cipherlist,
            null=rules.tls_null_cipherlist,
        )
        security_level = PROOF_SECURITY_LEVEL if policy.level.matches else NO_SECURITY_LEVEL
        try:
            context = client_context(
                tls.Policy(
                    allowed_versions(policy.protocols),
                    cipher_list(policy.ciphers, lists, policy.excluded, security_level),
                    rules.tls_ssl_options,
                )
            )
        except (BadVersions, BadCiphers, BadOption, ssl.SSLError) as error:
            raise BadPolicy(f"cannot use TLS: {error}") from None
        self._show_certificate(context)
        self._trust_authorities(context, required=policy.level.trusts_authorities)
        return context

    def _show_certificate(self, context: ssl.SSLContext) -> None:
        """A server that wants to know us refuses us without it; the others do not care."""
        rules = self._rules
        for file in rules.tls_chain_files:
            self._use(context, file, "")
        if rules.tls_chain_files:
            return
        for certificate, key in (
            (rules.tls_cert_file, rules.tls_key_file),
            (rules.tls_eccert_file, rules.tls_eckey_file),
        ):
            if certificate:
                self._use(context, certificate, key)

    def _use(self, context: ssl.SSLContext, file: str, key_file: str) -> None:
        """Without ``key_file`` the file has whole chains."""
        try:
            pem = readable(file).read_bytes()
            for chain in (_with_key(pem, key_file),) if key_file else chains(pem):
                use_chain(context, chain)
        except (BadChain, OSError, ssl.SSLError) as error:
            self._log.no_own_certificate(file, str(error))

    def _trust_authorities(self, context: ssl.SSLContext, *, required: bool) -> None:
        rules = self._rules
        try:
            if rules.tls_CAfile or rules.tls_CApath:
                context.load_verify_locations(rules.tls_CAfile or None, rules.tls_CApath or None)
            if rules.tls_append_default_CA:
                context.set_default_verify_paths()
        except (OSError, ssl.SSLError) as error:
            self._log.no_authorities(rules.tls_CAfile, rules.tls_CApath, str(error))
            if required:
                raise BadPolicy("the authorities to trust cannot be read") from None
        if required:
            context.verify_mode = ssl.CERT_REQUIRED


def _with_key(pem: bytes, key_file: str) -> bytes:
    """The key may stand in the file of the certificate."""
    return pem if b"PRIVATE KEY-----" in pem else readable(key_file).read_bytes() + b"\n" + pem
