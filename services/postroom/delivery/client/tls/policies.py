"""Which policy is for a destination: smtp_tls_policy_maps, else what main.cf says for all."""

from collections.abc import Iterable, Iterator

from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.tls.dane import Dane
from postroom.delivery.client.tls.policy import BadPolicy, Level, Policy, level
from postroom.delivery.client.tls.policy_entry import Entry, parse_entry
from postroom.maillog.smtp import SmtpLog
from postroom.tables.proxied import ProxiedTable
from postroom.tables.table import Table, TableError
from postroom.tls.tlsa import Tlsa

# Without these nobody is who he says he is, or nothing is secret (TLS_README).
_NO_AUTHENTICATION = "aNULL"
_NO_ENCRYPTION = "eNULL"


class Policies:
    """By the rules of one service; ``tables`` are asked in their order."""

    def __init__(
        self, rules: Rules, log: SmtpLog, dane: Dane, tables: Iterable[Table] | None = None
    ) -> None:
        self._rules = rules
        self._log = log
        self._dane = dane
        names = rules.tls_policy_maps
        self._tables = tuple(map(ProxiedTable, names) if tables is None else tables)
        self._title = f"{'lmtp' if rules.lmtp else 'smtp'}_tls_policy_maps"
        # Most have one policy for everybody: it is found once.
        self._varies = bool(self._tables) or rules.tls_security_level.startswith("dane")
        self._of_all: Policy | None = None

    async def find(self, destination: str, host: Host) -> Policy:
        """``destination`` as it was written, with brackets and port; raises BadPolicy."""
        if self._of_all is not None:
            return self._of_all
        policy = await self._find(destination, host)
        if not self._varies:
            self._of_all = policy
        return policy

    async def _find(self, destination: str, host: Host) -> Policy:
        try:
            entry = await self._entry(destination)
        except (BadPolicy, TableError) as error:
            raise BadPolicy(
                f'{self._title}, next-hop destination "{destination}": {error}'
            ) from None
        if self._rules.tls_wrappermode and entry.level < Level.ENCRYPT:
            prefix = "lmtp" if self._rules.lmtp else "smtp"
            raise BadPolicy(
                f'{prefix}_tls_wrappermode requires "{prefix}_tls_security_level = encrypt" '
                "(or stronger)"
            )
        wanted, tlsa = await self._dane.resolve(entry.level, host)
        return self._policy(entry._replace(level=wanted), tlsa)

    async def _entry(self, destination: str) -> Entry:
        for key in _keys(destination):
            for table in self._tables:
                value = await table.find(key)
                if value is not None:
                    return self._read(destination, value)
        return Entry(_default_level(self._rules))

    def _read(self, destination: str, value: str) -> Entry:
        entry = parse_entry(value)
        for attribute in entry.ignored:
            self._log.ignored_attribute(self._title, destination, attribute)
        return entry

    def _policy(self, entry: Entry, tlsa: tuple[Tlsa, ...]) -> Policy:
        rules, mandatory = self._rules, entry.level >= Level.ENCRYPT
        protocols = rules.tls_mandatory_protocols if mandatory else rules.tls_protocols
        ciphers = rules.tls_mandatory_ciphers if mandatory else rules.tls_ciphers
        return Policy(
            entry.level,
            protocols if entry.protocols is None else entry.protocols,
            ciphers if entry.ciphers is None else entry.ciphers,
            self._excluded(entry.level) if entry.excluded is None else entry.excluded,
            entry.match or self._match(entry.level),
            rules.tls_servername if entry.servername is None else entry.servername,
            rules.tls_connection_reuse if entry.reuse is None else entry.reuse,
            tlsa,
        )

    def _excluded(self, wanted: Level) -> tuple[str, ...]:
        rules = self._rules
        if wanted <= Level.MAY:
            return rules.tls_exclude_ciphers
        always = _NO_AUTHENTICATION if wanted.matches else _NO_ENCRYPTION
        return (*rules.tls_exclude_ciphers, *rules.tls_mandatory_exclude_ciphers, always)

    def _match(self, wanted: Level) -> tuple[str, ...]:
        rules = self._rules
        return {
            Level.FINGERPRINT: rules.tls_fingerprint_cert_match,
            Level.VERIFY: rules.tls_verify_cert_match,
            Level.SECURE: rules.tls_secure_cert_match,
        }.get(wanted, ())


def _default_level(rules: Rules) -> Level:
    """smtp_tls_security_level, or what its predecessors say where it is empty."""
    if rules.tls_security_level:
        return level(rules.tls_security_level)
    if rules.enforce_tls:
        return Level.VERIFY if rules.tls_enforce_peername else Level.ENCRYPT
    return Level.MAY if rules.use_tls else Level.NONE


def _keys(destination: str) -> Iterator[str]:
    """A domain, then those above it with a leading dot; brackets and ports have none above."""
    yield destination
    if "[" in destination or ":" in destination:
        return
    dot = destination.find(".", 1)
    while dot >= 0:
        yield destination[dot:]
        dot = destination.find(".", dot + 1)
