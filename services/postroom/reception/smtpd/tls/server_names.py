"""Another certificate for a client that asks for another name (RFC 6066 section 3)."""

import ssl
from collections.abc import Iterator, Mapping

from postroom.config.table_credentials import credential_name
from postroom.maillog.smtpd import SmtpdLog
from postroom.systemd.credentials import read_if_any
from postroom.tls.chain import chains, use_chain
from postroom.tls.context import Policy, server_context


class ServerNames:
    """``files`` of each name or ``.domain`` (tls_server_sni_maps); read when first asked for."""

    def __init__(self, files: Mapping[str, tuple[str, ...]], policy: Policy, log: SmtpdLog) -> None:
        self._files = files
        self._policy = policy
        self._log = log
        self._contexts: dict[str, ssl.SSLContext | None] = {}

    def choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """To be an ``SSLContext.sni_callback``; who asks for nobody we know gets the usual."""
        for key in _keys((name or "").lower()):
            if key in self._files:
                context = self._context(key)
                if context is not None:
                    connection.context = context
                return

    def _context(self, key: str) -> ssl.SSLContext | None:
        if key not in self._contexts:
            self._contexts[key] = self._read(key)
        return self._contexts[key]

    def _read(self, key: str) -> ssl.SSLContext | None:
        context = server_context(self._policy)
        pem = b"\n".join(read_if_any(credential_name(path)) for path in self._files[key])
        try:
            for chain in chains(pem):
                use_chain(context, chain)
        except (ssl.SSLError, ValueError) as error:
            self._log.warning(f"tls_server_sni_maps: {key}: {error}")
            return None
        return context


def _keys(name: str) -> Iterator[str]:
    """a.b.example, .b.example, .example."""
    yield name
    while "." in name:
        name = name.partition(".")[2]
        yield f".{name}"
