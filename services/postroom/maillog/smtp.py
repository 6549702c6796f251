"""Lines of the SMTP and LMTP client."""

from postroom.maillog.delivery import DeliveryLog


class SmtpLog(DeliveryLog):
    """What the client says beside the line per recipient."""

    def connect_failed(self, text: str) -> None:
        """``connect to mx.example[192.0.2.1]:25: Connection refused``"""
        self.info(text)

    def host_failed(self, queue_id: str, text: str, relay: str) -> None:
        """One host did not take a recipient; the next one is tried."""
        self.info(f"{queue_id}: {text}", QUEUE_ID=queue_id, RELAY=relay)

    def own_name(self, shown: str, name: str) -> None:
        """A server that calls itself by our name is us, or badly configured."""
        self.warning(f"host {shown} replied to HELO/EHLO with my own hostname {name}")
