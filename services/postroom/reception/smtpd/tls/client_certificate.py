"""The certificate that a client has shown, signed by an authority that we trust."""

import re
import ssl
from typing import Any, NamedTuple

from postroom.tls.fingerprint import Fingerprints, fingerprints

# What would mislead a reader of a header or a log.
_MISLEADING = re.compile(r'[^ -~\x80-\U0010ffff]|[()<>\\"\x80-\xa0]')
MAX_NAME = 200


class ClientCertificate(NamedTuple):
    """Common names of who it is for and who signed it."""

    subject: str
    issuer: str
    fingerprints: Fingerprints

    @property
    def about(self) -> str:
        """As a Received header says it."""
        return f'Client CN "{self.subject}", Issuer "{self.issuer}" (verified OK)'


def shown_by(connection: ssl.SSLObject, digest: str) -> ClientCertificate | None:
    der = connection.getpeercert(binary_form=True)
    if not der:
        return None
    fields = connection.getpeercert() or {}
    return ClientCertificate(
        _common_name(fields.get("subject")),
        _common_name(fields.get("issuer")),
        fingerprints(der, digest),
    )


def _common_name(name: Any) -> str:
    """Of a name as Python's ssl gives it: a tuple of tuples of pairs."""
    pairs = dict(pair for part in name or () for pair in part)
    text = pairs.get("commonName", "") or pairs.get("organizationName", "")
    return _MISLEADING.sub("?", text)[:MAX_NAME]
