"""Mail comes in encrypted; a renewed certificate is shown without a session being cut."""

import socket
import ssl
from pathlib import Path

from system.dialogue import talk
from system.mailer import Mailer
from system.provider import Provider
from system.submission_service import CERTIFICATE, make_certificate, offer_tls


def in_tls(connection: socket.socket) -> ssl.SSLSocket:
    """Greeting, EHLO and STARTTLS are over."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    replies = connection.makefile("rb", buffering=0)
    for line, last in ((b"", b"220 "), (b"EHLO x\r\n", b"250 "), (b"STARTTLS\r\n", b"220 ")):
        connection.sendall(line)
        while not replies.readline().startswith(last):
            pass
    replies.close()
    return context.wrap_socket(connection)


def shown(mail: Mailer) -> bytes | None:
    """The certificate that a new client sees."""
    with in_tls(mail.machine.connect()) as client:
        return client.getpeercert(binary_form=True)


def test_postfix_sends_us_mail_encrypted(mail: Mailer, provider: Provider) -> None:
    offer_tls(mail, smtpd_tls_received_header="yes")
    provider.set(relayhost="[10.78.0.1]", smtp_tls_security_level="encrypt", smtp_tls_CAfile="")
    provider.machine.run(
        "sendmail", "-f", "ann@example.net", "alice@example.org", text="Subject: hi\n\nhi\n"
    )
    (message,) = mail.wait_for_mail("alice")
    received = " ".join(str(message["Received"]).split())
    assert "(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))" in received
    assert "(No client certificate requested) by mail.example.org" in received
    assert "with ESMTPS id" in received
    mail.wait_for_log(
        r"postfix/smtpd: Anonymous TLS connection established from \S+\[10.78.0.2\]: TLSv1.3 with"
        r" cipher TLS_AES_256_GCM_SHA384 \(256/256 bits\)$"
    )


def test_where_tls_is_a_must_nothing_comes_in_clear_and_old_versions_are_refused(
    mail: Mailer,
) -> None:
    offer_tls(mail, smtpd_tls_mandatory_protocols=">=TLSv1.3")
    mail.set(smtpd_tls_security_level="encrypt")
    talk(
        mail.machine.connect(),
        "S: 220\nC: EHLO x\nS: 250\nC: MAIL FROM:<a@b.example>\nS: 530 5.7.0\nC: QUIT\nS: 221\n",
    )
    for version, works in (("-tls1_2", False), ("-tls1_3", True)):
        done = mail.machine.attempt(
            *("openssl", "s_client", "-starttls", "smtp", "-connect", "127.0.0.1:25", version),
            text="QUIT\n",
        )
        assert (done.returncode == 0) == works, done.stderr
    mail.wait_for_log(r"SSL_accept error from localhost\[127.0.0.1\]: -1")
    mail.wait_for_log("lost connection after STARTTLS from localhost")


def test_a_renewed_certificate_is_shown_after_a_reload_and_no_session_is_cut(
    mail: Mailer,
) -> None:
    offer_tls(mail)
    first = shown(mail)
    client = in_tls(mail.machine.connect())
    make_certificate(mail, "renewed.example.org")
    assert shown(mail) == first
    mail.reload()
    renewed = ssl.PEM_cert_to_DER_cert(Path(mail.machine.path(CERTIFICATE)).read_text())
    mail.machine.wait_for("the renewed certificate", lambda: shown(mail) == renewed, 10)
    with client:
        client.sendall(b"EHLO x\r\nQUIT\r\n")
        said = b""
        while data := client.recv(4096):
            said += data
    assert b"221" in said or b"421" in said
