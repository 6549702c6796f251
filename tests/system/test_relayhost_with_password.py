"""A provider takes the mail of those who authenticate: the main.cf that half the world has."""

from system.mailer import Mailer
from system.provider import PASSWORD, USER, Provider

TABLE = "/etc/postroom/sasl_passwd"


def _configure(mail: Mailer, relayhost: str, password: str, **more: str) -> None:
    _write_password(mail, relayhost, password)
    mail.set(
        relayhost=relayhost,
        smtp_tls_security_level="encrypt",
        smtp_tls_loglevel="1",
        smtp_sasl_auth_enable="yes",
        smtp_sasl_password_maps=f"hash:{TABLE}",
        smtp_sasl_security_options="noanonymous",
        **more,
    )


def _write_password(mail: Mailer, relayhost: str, password: str) -> None:
    """As root, for root."""
    mail.machine.write(TABLE, f"{relayhost} {USER}:{password}\n", 0o600)
    mail.machine.run("postmap", TABLE)
    assert mail.machine.path(f"{TABLE}.cdb").stat().st_mode & 0o077 == 0


def _send(mail: Mailer) -> None:
    mail.machine.run("sendmail", "-f", USER, "zoe@elsewhere.example", text="Subject: hi\n\nhi\n")


def test_mail_for_everywhere_goes_to_the_provider_with_our_password(
    mail: Mailer, provider: Provider
) -> None:
    _configure(mail, "[smtp.example.net]:587", PASSWORD)
    _send(mail)
    line = mail.wait_for_log("to=<zoe@elsewhere.example>")
    assert "relay=smtp.example.net[10.78.0.2]:587, " in line
    assert "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as " in line
    message = provider.wait_for_mail("zoe")
    assert message["Subject"] == "hi"
    assert provider.log(f"sasl_method=CRAM-MD5, sasl_username={USER}")
    shown = mail.machine.run("postroom", "check")
    assert "smtp_sasl" not in shown


def test_a_refused_password_keeps_the_mail_until_it_is_mended(
    mail: Mailer, provider: Provider
) -> None:
    _configure(mail, "[smtp.example.net]:465", "wrong", smtp_tls_wrappermode="yes")
    _send(mail)
    line = mail.wait_for_log("status=deferred")
    assert (
        "dsn=4.7.8, status=deferred (SASL authentication failed; "
        "server smtp.example.net[10.78.0.2] said: 535 5.7.8 Error: authentication failed"
    ) in line
    _write_password(mail, "[smtp.example.net]:465", PASSWORD)
    mail.reload()
    mail.machine.run("postqueue", "-f")
    provider.wait_for_mail("zoe")
    mail.wait_for_log(r"relay=smtp\.example\.net\[10\.78\.0\.2\]:465, .* status=sent")
