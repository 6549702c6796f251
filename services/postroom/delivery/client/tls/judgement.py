"""Who a server is by its certificate, and whether that is who it should be."""

import ssl
from functools import lru_cache

from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.tls.policy import Level, Policy
from postroom.delivery.client.tls.server_names import certified_names, matches, patterns
from postroom.maillog.smtp import SmtpLog
from postroom.tls.fingerprint import fingerprints
from postroom.tls.tlsa import is_vouched_for, names_itself
from postroom.tls.trust import chain_of, distrust

# What Postfix's log says of a certificate.
ANONYMOUS, UNTRUSTED, TRUSTED, VERIFIED = "Anonymous", "Untrusted", "Trusted", "Verified"
# OpenSSL's numbers and words: of a name, and of a fingerprint, which Postfix compares as DANE's.
_WRONG_NAME, _WRONG_CERTIFICATE = (62, "hostname mismatch"), (65, "no matching DANE TLSA records")


class Judge:
    """By the rules of one service."""

    def __init__(self, rules: Rules, log: SmtpLog) -> None:
        self._rules = rules
        self._log = log
        # The same servers come again and again, and a signature takes a millisecond.
        self._distrust = lru_cache(maxsize=256)(self._find_distrust)

    def is_meant(self, tls: ssl.SSLObject, policy: Policy, nexthop: str, host: Host) -> bool:
        """Whether the server is the one that a policy with names or fingerprints means.

        That an authority says so is for the handshake to see to.
        """
        if policy.level is Level.FINGERPRINT:
            wanted = {_bare(one) for one in policy.match}
            meant = not wanted.isdisjoint(map(_bare, self._fingerprints(tls)))
        elif policy.level is Level.DANE:
            chain, names = chain_of(tls), (host.name, host.alias or host.name, nexthop)
            meant = names_itself(chain, policy.tlsa) or is_vouched_for(chain, policy.tlsa, names)
        else:
            meant = self._has_name(tls, policy, nexthop, host)
        if not meant:
            self._log.not_verified(host.relay, *_mismatch(policy.level))
        return meant

    def _has_name(self, tls: ssl.SSLObject, policy: Policy, nexthop: str, host: Host) -> bool:
        many_labels = self._rules.tls_wildcard_matches_multiple_labels
        return any(
            matches(name, pattern, many_labels=many_labels)
            for pattern in patterns(policy.match, nexthop, host.name)
            for name in certified_names(tls.getpeercert() or {})
        )

    def trust(self, tls: ssl.SSLObject, level: Level, *, verified: bool) -> str:
        """The first word of the log line."""
        if verified:
            return VERIFIED
        if level.matches:
            # Where authorities count, the handshake has asked them.
            return TRUSTED if level.trusts_authorities else UNTRUSTED
        chain = chain_of(tls)
        if not chain:
            return ANONYMOUS
        return UNTRUSTED if self._distrust(chain) else TRUSTED

    def _fingerprints(self, tls: ssl.SSLObject) -> tuple[str, ...]:
        certificate = tls.getpeercert(binary_form=True)
        if certificate is None:
            return ()
        return fingerprints(certificate, self._rules.tls_fingerprint_digest)

    def _find_distrust(self, chain: tuple[bytes, ...]) -> str:
        rules = self._rules
        file, directory = rules.tls_CAfile, rules.tls_CApath
        if not (file or directory or rules.tls_append_default_CA):
            return "no authority is known"
        try:
            return distrust(chain, file, directory, default=rules.tls_append_default_CA)
        except (OSError, ssl.SSLError) as error:
            return str(error)


def _bare(fingerprint: str) -> str:
    """The colons are optional (postconf(5))."""
    return fingerprint.replace(":", "").upper()


def _mismatch(level: Level) -> tuple[int, str]:
    return _WRONG_NAME if level.trusts_authorities else _WRONG_CERTIFICATE
