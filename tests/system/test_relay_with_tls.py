"""Mail goes out encrypted, and to whom it is meant for, as far as main.cf wants it (TLS_README)."""

from system.mailer import Mailer
from system.provider import Provider

AUTHORITY = "/etc/postroom/provider-ca.pem"


def _configure(mail: Mailer, provider: Provider, **more: str) -> None:
    mail.machine.write(AUTHORITY, provider.authority)
    mail.set(smtp_tls_CAfile=AUTHORITY, smtp_tls_loglevel="1", **more)


def _send(mail: Mailer) -> None:
    mail.machine.run("sendmail", "-f", "alice", "zoe@customers.example", text="Subject: hi\n\nhi\n")


def test_optional_tls_is_used_with_any_certificate_and_left_out_when_it_cannot_be(
    mail: Mailer, provider: Provider
) -> None:
    provider.shows("expired")
    _configure(mail, provider, smtp_tls_security_level="may")
    _send(mail)
    line = mail.wait_for_log("TLS connection")
    assert line.startswith(
        "postfix/smtp: Untrusted TLS connection established to smtp.example.net[10.78.0.2]:25: "
        "TLSv1.3 with cipher "
    )
    received = provider.wait_for_mail("zoe")["Received"]
    assert "ESMTPS id" in " ".join(str(received).split())
    provider.begin()
    provider.set(smtpd_tls_protocols=">=TLSv1.3")
    mail.start_story()
    _configure(mail, provider, smtp_tls_security_level="may", smtp_tls_protocols="<=TLSv1.2")
    _send(mail)
    mail.wait_for_log(r"status=deferred \(Cannot start TLS: handshake failure\)")
    # The mail has waited for minimal_backoff_time: now it matters more that it arrives.
    received = provider.wait_for_mail("zoe")["Received"]
    assert "ESMTP id" in " ".join(str(received).split())


def test_a_server_that_cannot_prove_its_name_gets_the_mail_once_it_can(
    mail: Mailer, provider: Provider
) -> None:
    provider.shows("other")
    mail.postmap(
        "/etc/postroom/tls_policy",
        "customers.example secure match=smtp.example.net ciphers=high protocols=>=TLSv1.2\n",
    )
    _configure(
        mail,
        provider,
        smtp_tls_security_level="none",
        smtp_tls_policy_maps="hash:/etc/postroom/tls_policy",
    )
    _send(mail)
    line = mail.wait_for_log("status=")
    assert "dsn=4.7.5, status=deferred (Server certificate not verified)" in line
    mail.wait_for_log(
        r"server certificate verification failed for smtp\.example\.net\[10\.78\.0\.2\]:25: "
        "num=62:hostname mismatch"
    )
    provider.shows("good")
    mail.machine.run("postqueue", "-f")
    provider.wait_for_mail("zoe")
    mail.wait_for_log("Verified TLS connection established to smtp.example.net")


def test_a_server_that_wants_to_know_us_is_shown_our_certificate(
    mail: Mailer, provider: Provider
) -> None:
    provider.set(
        smtpd_tls_security_level="encrypt",
        smtpd_tls_req_ccert="yes",
        smtpd_tls_CAfile="/etc/provider/ca.pem",
        smtpd_tls_loglevel="1",
    )
    for name, place in (("customer.pem", "cert"), ("server.key", "key")):
        text = provider.machine.read(f"/etc/provider/{name}")
        mail.machine.write(f"/etc/postroom/tls/{place}.pem", text, 0o600)
    _configure(
        mail,
        provider,
        smtp_tls_security_level="encrypt",
        smtp_tls_cert_file="/etc/postroom/tls/cert.pem",
        smtp_tls_key_file="/etc/postroom/tls/key.pem",
    )
    _send(mail)
    provider.wait_for_mail("zoe")
    assert "Trusted" in provider.log("TLS connection established from")[-1]
