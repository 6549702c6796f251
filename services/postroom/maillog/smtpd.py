"""What smtpd says in the mail log: who came, what was accepted or not, how a session ended."""

import ssl

from postroom.mail.envelope import Client, Upstream
from postroom.maillog.record import MailLog

NO_QUEUE_ID = "NOQUEUE"


class SmtpdLog(MailLog):
    """The log of smtpd(8)."""

    def connect(self, client: Client) -> None:
        self.info(f"connect from {client.shown}", **_who(client))

    def bad_proxy(self, proxy: Client, reason: str) -> None:
        self.warning(f"haproxy read: {reason}, from [{proxy.address}]")

    def limit_exceeded(self, what: str, count: int, client: Client, service: str) -> None:
        """``warning: Connection rate limit exceeded: 5 from … for service smtp``."""
        self.warning(
            f"{what} limit exceeded: {count} from {client.shown} for service {service}",
            **_who(client),
        )

    def no_address(self, client: Client, command: str, text: str) -> None:
        """``warning: Illegal address syntax from … in MAIL command: <a@@b>``."""
        self.warning(
            f"Illegal address syntax from {client.shown} in {command} command: {text}",
            **_who(client),
        )

    def overload(self, service: str, limit: int) -> None:
        """What master(8) says when no more processes may be started."""
        self.warning(
            f'service "{service}" has reached its process limit "{limit}": '
            "new clients are served with the settings for stress"
        )

    def status_mapped(self, status: str, subject: str, meant: str) -> None:
        self.info(f"mapping DSN status {status} into {subject} status {meant}")

    def dialogue(self, direction: str, line: str, client: Client) -> None:
        """``< name[address]: EHLO x`` is what a client said, ``>`` what we did."""
        self.info(f"{direction} {client.shown}: {line}", **_who(client))

    def disconnect(self, client: Client, commands: str) -> None:
        """``commands`` counts them: ``ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4``."""
        self.info(f"disconnect from {client.shown} {commands}", **_who(client))

    def client(
        self,
        queue_id: str,
        client: Client,
        author: str,
        upstream: Upstream | None = None,
        upstream_id: str = "",
    ) -> None:
        """A message has its first recipient, and an id; ``author`` is what MAIL AUTH= said, the
        last two what XFORWARD did."""
        login = ""
        if client.sasl_username:
            login = f", sasl_method={client.sasl_method}, sasl_username={client.sasl_username}"
        if author and author != "<>":
            login += f", sasl_sender={author}"
        origin = f", orig_queue_id={upstream_id}" if upstream_id else ""
        if upstream is not None:
            origin += f", orig_client={upstream.shown}"
        self.info(
            f"{queue_id}: client={client.shown}{login}{origin}",
            QUEUE_ID=queue_id,
            SASL_USERNAME=client.sasl_username,
            **_who(client),
        )

    def sasl_failed(self, client: Client, mechanism: str, reason: str, user: str) -> None:
        """fail2ban(1) looks for this line."""
        self.warning(
            f"{client.shown}: SASL {mechanism} authentication failed: {reason}, "
            f"sasl_username={user}",
            **_who(client),
        )

    def sasl_aborted(self, client: Client, mechanism: str) -> None:
        self.warning(f"{client.shown}: SASL {mechanism} authentication aborted", **_who(client))

    def sasl_unreachable(self, reason: str) -> None:
        self.warning(f"SASL: {reason}")

    def tls_begins(self, client: Client) -> None:
        self.info(f"setting up TLS connection from {client.shown}", **_who(client))

    def tls_established(self, client: Client, trust: str, summary: str) -> None:
        """``trust`` in the client's certificate: Anonymous, Trusted."""
        self.info(
            f"{trust} TLS connection established from {client.shown}: {summary}", **_who(client)
        )

    def client_certificate(
        self, client: Client, subject: str, issuer: str, certificate: str, public_key: str
    ) -> None:
        """Names and fingerprints."""
        self.info(
            f"{client.shown}: subject_CN={subject}, issuer={issuer}, fingerprint={certificate}, "
            f"pkey_fingerprint={public_key}",
            **_who(client),
        )

    def tls_failed(self, client: Client, error: OSError) -> None:
        """The handshake came to nothing."""
        lost = not isinstance(error, ssl.SSLError)
        self.info(
            f"SSL_accept error from {client.shown}: {error if lost else '-1'}", **_who(client)
        )
        if isinstance(error, ssl.SSLError):
            reason = (error.reason or str(error)).lower().replace("_", " ")
            self.warning(f"TLS library problem: error:{error.library or 'SSL'} routines::{reason}")

    def no_tls(self, reason: str) -> None:
        self.warning(f"{reason}: disabling TLS support")

    def verdict(
        self,
        action: str,
        queue_id: str,
        stage: str,
        client: Client,
        reply: str,
        *,
        sender: str | None,
        recipient: str | None,
    ) -> None:
        """``action`` is what was done: reject, reject_warning, hold, discard, info …"""
        self.info(
            f"{queue_id or NO_QUEUE_ID}: {action}: {stage} from {client.shown}: {reply};"
            f"{self._whatsup(client, sender, recipient)}",
            QUEUE_ID=queue_id,
            SENDER=sender or "",
            RECIPIENT=recipient or "",
            **_who(client),
        )

    def canceled(self, queue_id: str) -> None:
        """A message that had a recipient, and of which cleanup never heard."""
        self.info(f"{queue_id}: removed (canceled)", QUEUE_ID=queue_id)

    def discarding(self, keywords: str) -> None:
        """Some of what EHLO could say is not said to this client."""
        self.info(f"discarding EHLO keywords: {keywords}")

    def ignored_record(self, record: str) -> None:
        """main.cf: smtpd_dns_reply_filter"""
        self.info(f"ignoring DNS RR: {record}")

    def replaced(self, client: Client, command: str, other: str) -> None:
        """main.cf: smtpd_command_filter."""
        self.info(
            f'{client.shown}: replacing command "{command[:100]}" with "{other[:100]}"',
            **_who(client),
        )

    def lost(self, queue_id: str, where: str, client: Client) -> None:
        self._ended(queue_id, f"lost connection after {where} from {client.shown}", client)

    def timeout(self, queue_id: str, where: str, client: Client) -> None:
        self._ended(queue_id, f"timeout after {where} from {client.shown}", client)

    def too_many_errors(self, queue_id: str, where: str, client: Client) -> None:
        self._ended(queue_id, f"too many errors after {where} from {client.shown}", client)

    def _ended(self, queue_id: str, why: str, client: Client) -> None:
        """A session came to no good end, with a message under way or none."""
        self.info(f"{queue_id or 'NOQUEUE'}: {why}", QUEUE_ID=queue_id, **_who(client))

    def improper_pipelining(self, where: str, client: Client, talk: str) -> None:
        self.info(
            f"improper command pipelining after {where} from {client.shown}: {talk}",
            **_who(client),
        )

    def bare_newline(self, where: str, client: Client) -> None:
        self.info(f"disconnect: bare <LF> received after {where} from {client.shown}")

    def not_smtp(self, client: Client, line: str) -> None:
        self.warning(f"non-SMTP command from {client.shown}: {line[:100]}", **_who(client))

    def false_name(self, name: str, client: Client) -> None:
        """The name that reverse DNS gives does not have this address."""
        self.warning(f"hostname {name} does not resolve to address {client.address}")

    def no_notice(self, client: Client, address: str, reason: str) -> None:
        """The postmaster could not be told of a session."""
        self.warning(
            f"no notice to <{address}> about the session of {client.shown}: {reason}",
            **_who(client),
        )

    def _whatsup(self, client: Client, sender: str | None, recipient: str | None) -> str:
        parts = []
        if sender is not None:
            parts.append(f" from=<{self._address(sender)}>")
        if recipient is not None:
            parts.append(f" to=<{self._address(recipient)}>")
        parts.append(f" proto={client.protocol}")
        if client.helo:
            parts.append(f" helo=<{client.helo}>")
        if client.sasl_username:
            parts.append(f" sasl_method={client.sasl_method} sasl_username={client.sasl_username}")
        return "".join(parts)


def _who(client: Client) -> dict[str, str]:
    return {"CLIENT_NAME": client.name, "CLIENT_ADDRESS": client.address}
