"""What a policy server is told of a command (SMTPD_POLICY_README)."""

import os
from itertools import count

from postroom.reception.smtpd.access.request import Request

# Commands behind which all recipients are known.
_COUNTING = frozenset({"DATA", "END-OF-MESSAGE"})
_instances = count()
_UNPRINTABLE = dict.fromkeys((*range(32), 127), "?")
# No attribute needs more (contract ``policy-client``).
_LONGEST = 2000


def policy_attributes(request: Request) -> tuple[str, ...]:
    """Lines ``name=value`` in Postfix's order."""
    values = {"request": "smtpd_access_policy", **_of_session(request), **_of_message(request)}
    values |= _of_encryption(request)
    return tuple(f"{name}={_clean(value)}" for name, value in values.items())


def _of_session(request: Request) -> dict[str, str]:
    client, session = request.client, request.session
    return {
        "protocol_state": request.stage,
        "protocol_name": client.protocol,
        "client_address": client.address,
        "client_name": client.name,
        "client_port": str(client.port),
        "reverse_client_name": session.reverse_name,
        "server_address": session.local_address,
        "helo_name": request.helo,
    }


def _of_message(request: Request) -> dict[str, str]:
    transaction, client = request.transaction, request.client
    recipients = len(transaction.recipients) if request.stage in _COUNTING else 0
    mail = transaction.mail
    return {
        "sender": request.sender or "",
        "recipient": request.recipient or "",
        "recipient_count": str(recipients),
        "queue_id": transaction.queue_id,
        "instance": _instance(request),
        "size": str(mail.size if mail is not None else 0),
        "etrn_domain": request.site,
        "stress": request.settings.stress,
        "sasl_method": client.sasl_method,
        "sasl_username": client.sasl_username,
        "sasl_sender": mail.auth if mail is not None else "",
    }


def _of_encryption(request: Request) -> dict[str, str]:
    secured = request.session.secured
    shown = secured.certificate if secured is not None else None
    summary = secured.summary if secured is not None else None
    fingerprints = shown.fingerprints if shown is not None else ("", "")
    return {
        "ccert_subject": shown.subject if shown is not None else "",
        "ccert_issuer": shown.issuer if shown is not None else "",
        "ccert_fingerprint": fingerprints[0],
        "ccert_pubkey_fingerprint": fingerprints[1],
        "encryption_protocol": summary.protocol if summary is not None else "",
        "encryption_cipher": summary.cipher if summary is not None else "",
        "encryption_keysize": str(summary.bits if summary is not None else 0),
    }


def _instance(request: Request) -> str:
    """The same for all that is asked about one message, and no other's."""
    transaction = request.transaction
    if not transaction.instance:
        transaction.instance = f"{os.getpid():x}.{int(transaction.arrival):x}.{next(_instances):x}"
    return transaction.instance


def _clean(value: str) -> str:
    return value[:_LONGEST].translate(_UNPRINTABLE)
