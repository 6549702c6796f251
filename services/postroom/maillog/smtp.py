"""What smtp and lmtp say in the mail log."""

from postroom.maillog.delivery import DeliveryLog

_UNKNOWN_ISSUER = ("", "untrusted issuer")
_SELF_SIGNED = ("", "self-signed certificate")
# By OpenSSL's numbers (x509_vfy(3)); the others are told as they are.
_VERIFY_ERRORS = {
    2: _UNKNOWN_ISSUER,
    9: ("server ", "certificate not yet valid"),
    10: ("server ", "certificate has expired"),
    18: _SELF_SIGNED,
    19: _SELF_SIGNED,
    20: _UNKNOWN_ISSUER,
    21: _UNKNOWN_ISSUER,
}


class SmtpLog(DeliveryLog):
    """The log of smtp(8) and lmtp(8), beside the line per recipient."""

    def dialogue(self, direction: str, line: str, relay: str) -> None:
        """``> mx.example[192.0.2.1]:25: EHLO x`` is what we said, ``<`` what the server did."""
        self.info(f"{direction} {relay}: {line}", RELAY=relay)

    def connect_failed(self, text: str) -> None:
        """``connect to mx.example[192.0.2.1]:25: Connection refused``"""
        self.info(text)

    def host_failed(self, queue_id: str, text: str, relay: str) -> None:
        """One host did not take a recipient; the next one is tried."""
        self.info(f"{queue_id}: {text}", QUEUE_ID=queue_id, RELAY=relay)

    def objected(self, host: str, reply: str, command: str) -> None:
        """A server does not like to hear where a message came from, which changes nothing."""
        self.warning(f"host {host} said: {reply} (in reply to {command})")

    def checked(self, queue_id: str, action: str, what: str, text: str) -> None:
        """``ID: replace: header Subject: …: Subject: …``"""
        self.info(
            f"{queue_id}: {action}: {what}" + (f": {text}" if text else ""), QUEUE_ID=queue_id
        )

    def check_problem(self, queue_id: str, reason: str) -> None:
        self.warning(f"{queue_id}: {reason}", QUEUE_ID=queue_id)

    def reply_replaced(self, relay: str, line: str, other: str) -> None:
        """main.cf: smtp_reply_filter."""
        self.info(f'{relay}: replacing server reply "{line[:100]}" with "{other[:100]}"')

    def no_reply_filter(self, reason: str) -> None:
        self.warning(reason)

    def works_around(self, queue_id: str, workarounds: str, relay: str) -> None:
        """What a firewall in front of a server makes necessary."""
        self.info(
            f"{queue_id}: enabling PIX workarounds: {workarounds} for {relay}", QUEUE_ID=queue_id
        )

    def skips_service(self, reason: str) -> None:
        """main.cf: allow_srv_lookup_fallback, ignore_srv_lookup_error"""
        self.info(f"skipping SRV lookup for {reason}")

    def ignored_record(self, record: str) -> None:
        """main.cf: smtp_dns_reply_filter"""
        self.info(f"ignoring DNS RR: {record}")

    def misconfigured(self, parameter: str) -> None:
        """What a parameter names can take no mail."""
        self.warning(f"{parameter} configuration problem")

    def own_name(self, shown: str, name: str) -> None:
        """A server that calls itself by our name is us, or badly configured."""
        self.warning(f"host {shown} replied to HELO/EHLO with my own hostname {name}")

    def tls_established(self, trust: str, relay: str, summary: str) -> None:
        """``Trusted TLS connection established to mx.example[192.0.2.1]:25: TLSv1.3 with …``"""
        self.info(f"{trust} TLS connection established to {relay}: {summary}", RELAY=relay)

    def tls_reused(self, trust: str, relay: str, summary: str) -> None:
        """A kept connection serves another message."""
        self.info(f"{trust} TLS connection reused to {relay}: {summary}", RELAY=relay)

    def tls_failed(self, relay: str, reason: str) -> None:
        self.info(f"SSL_connect error to {relay}: {reason}", RELAY=relay)

    def not_verified(self, relay: str, number: int, reason: str) -> None:
        """What OpenSSL (x509_vfy(3)) says of the server's certificate, in Postfix's words."""
        whose, text = _VERIFY_ERRORS.get(number, ("server ", f"num={number}:{reason}"))
        self.info(f"{whose}certificate verification failed for {relay}: {text}", RELAY=relay)

    def bad_tls_policy(self, text: str, destination: str, host: str, reason: str) -> None:
        """What is wrong with a policy, and what the sender will hear of it."""
        if text != reason:
            self.warning(text)
        self.warning(f"TLS policy lookup for {destination}/{host}: {reason}")

    def ignored_attribute(self, table: str, destination: str, attribute: str) -> None:
        self.warning(
            f'{table}, next-hop destination "{destination}": ignoring attribute "{attribute}" '
            "with TLS disabled"
        )

    def no_own_certificate(self, file: str, reason: str) -> None:
        self.warning(f"cannot get certificate from file {file}: {reason}: we show servers none")

    def no_authorities(self, file: str, directory: str, reason: str) -> None:
        self.warning(
            f'cannot load Certification Authority data, CAfile="{file}", CApath="{directory}": '
            f"{reason}"
        )

    def starttls_offered(self, name: str) -> None:
        """smtp_tls_note_starttls_offer"""
        self.info(f"Host offered STARTTLS: [{name}]")

    def needs_wrappermode(self, prefix: str) -> None:
        """Who waits for a greeting at port 465 waits for ever."""
        self.info(
            f'SMTPS wrappermode (TCP port 465) requires setting "{prefix}_tls_wrappermode = yes", '
            f'and "{prefix}_tls_security_level = encrypt" (or stronger)'
        )

    def no_mechanism(self, relay: str, offered: str) -> None:
        """The server wants us to authenticate by means that main.cf forbids."""
        self.warning(f"{relay} offered no supported AUTH mechanisms: '{offered}'")
