"""A domain says by DNSSEC which certificate its servers have, and nobody else gets its mail."""

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine import Machine, Nameserver
from postroom.tls.certificate import public_key_of
from system import vouching_resolver
from system.mailer import Mailer
from system.provider import RECORDS, Provider

SERVER = "_25._tcp.smtp.example.net. TLSA"


@contextmanager
def _vouched_for(machine: Machine, nameserver: Nameserver) -> Iterator[None]:
    """What the usual resolver would say, and secure."""
    nameserver.stop()
    machine.put(Path(vouching_resolver.__file__), "/root/vouching_resolver.py")
    script = ("python3", "/root/vouching_resolver.py", "/root/records")
    machine.run("systemd-run", "--quiet", "--unit=vouching-resolver", *script)
    try:
        yield
    finally:
        machine.run("systemctl", "stop", "vouching-resolver")
        nameserver.start()


def _say(mail: Mailer, *records: str) -> None:
    mail.machine.write("/root/records", "".join(f"{one}\n" for one in (*RECORDS, *records)))
    # It remembers what it was told for a minute.
    mail.machine.attempt("systemctl", "stop", "postroom-dns.service")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_mail_waits_until_the_server_is_the_one_that_its_domain_names(
    mail: Mailer, provider: Provider, nameserver: Nameserver
) -> None:
    certificate, authority = (
        ssl.PEM_cert_to_DER_cert(provider.machine.read(f"/etc/provider/{name}.pem"))
        for name in ("good", "ca")
    )
    mail.set(
        smtp_tls_security_level="dane",
        smtp_dns_support_level="dnssec",
        smtp_tls_loglevel="1",
        inet_protocols="ipv4",
    )
    _say(mail, f"{SERVER} 3 1 1 {_digest(b'the key of another server')}")
    with _vouched_for(mail.machine, nameserver):
        mail.machine.run(
            "sendmail", "-f", "alice", "zoe@customers.example", text="Subject: hi\n\nhi\n"
        )
        line = mail.wait_for_log("status=")
        assert "dsn=4.7.5, status=deferred (Server certificate not verified)" in line
        _say(mail, f"{SERVER} 3 1 1 {_digest(public_key_of(certificate))}")
        mail.machine.run("postqueue", "-f")
        provider.wait_for_mail("zoe")
        mail.wait_for_log("Verified TLS connection established to smtp.example.net")
        # The domain may name the authority in place of the certificate.
        provider.begin()
        provider.machine.sh("cd /etc/provider; cat good.pem ca.pem >chain.pem")
        provider.shows("chain")
        _say(mail, f"{SERVER} 2 0 1 {_digest(authority)}")
        mail.machine.run(
            "sendmail", "-f", "alice", "zoe@customers.example", text="Subject: hi\n\nhi\n"
        )
        provider.wait_for_mail("zoe")
