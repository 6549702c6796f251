"""What postscreen says in the mail log: who was looked at first, and what came of it."""

from postroom.mail.envelope import Client
from postroom.maillog.record import MailLog


class PostscreenLog(MailLog):
    """The log of postscreen(8); clients have no names yet."""

    def connect(self, client: Client, server: str) -> None:
        self.info(f"CONNECT from {_at(client)} to {server}", CLIENT_ADDRESS=client.address)

    def passed(self, client: Client, *, known: bool) -> None:
        self._say("PASS OLD" if known else "PASS NEW", client)

    def allowlisted(self, client: Client) -> None:
        self._say("ALLOWLISTED", client)

    def denylisted(self, client: Client) -> None:
        self._say("DENYLISTED", client)

    def pregreet(self, client: Client, size: int, seconds: float, said: str) -> None:
        """Spoke before its turn; ``said`` has backslashes for what cannot be printed."""
        self.info(
            f"PREGREET {size} after {seconds:.2g} from {_at(client)}: {said}",
            CLIENT_ADDRESS=client.address,
        )

    def dns_rank(self, client: Client, score: int) -> None:
        self.info(f"DNSBL rank {score} for {_at(client)}", CLIENT_ADDRESS=client.address)

    def hang_up(self, client: Client, seconds: float) -> None:
        self.info(
            f"HANGUP after {seconds:.2g} from {_at(client)} in tests before SMTP handshake",
            CLIENT_ADDRESS=client.address,
        )

    def disconnect(self, client: Client) -> None:
        self._say("DISCONNECT", client)

    def rejected(self, client: Client, reply: str, sender: str, recipient: str) -> None:
        """What a client that is only let talk is told of each recipient."""
        self.info(
            f"NOQUEUE: reject: RCPT from {_at(client)}: {reply}; from=<{sender}>, "
            f"to=<{recipient}>, proto={client.protocol}, helo=<{client.helo}>",
            CLIENT_ADDRESS=client.address,
            SENDER=sender,
            RECIPIENT=recipient,
        )

    def trouble(self, text: str) -> None:
        self.warning(text)

    def _say(self, what: str, client: Client) -> None:
        self.info(f"{what} {_at(client)}", CLIENT_ADDRESS=client.address)


def _at(client: Client) -> str:
    return f"[{client.address}]:{client.port}"
