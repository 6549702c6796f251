"""A table that cannot be read means "try again", never "no such user"."""

import pytest

from system.dialogue import talk
from system.mailer import Mailer


def _lose(mail: Mailer, before: str = "", **parameters: str) -> None:
    """Put a table into effect, which it has to exist for, and take it away."""
    for path in parameters.values():
        mail.postmap(path, "somebody-else: nobody-else\n")
    mail.set(**{name: f"{before}hash:{path}" for name, path in parameters.items()})
    for path in parameters.values():
        mail.machine.run("rm", path, f"{path}.cdb")


def test_mail_waits_for_a_table_that_cannot_be_read(mail: Mailer) -> None:
    _lose(mail, alias_maps="/etc/postroom/extra", before="hash:/etc/aliases, ")
    mail.machine.run("sendmail", "alice@example.org", text="Subject: waits\n\nhello\n")
    line = mail.wait_for_log("to=<alice@example.org>.*status=deferred")
    assert "dsn=4." in line
    assert any("/etc/postroom/extra" in said for said in mail.mail_log())

    mail.postmap("/etc/postroom/extra", "nobody-real: alice\n")
    mail.machine.run("postqueue", "-f")
    mail.wait_for_mail("alice")


@pytest.mark.parametrize(
    ("parameter", "before", "recipient"),
    [
        ("virtual_alias_maps", "", "nobody-here@example.org"),
        ("alias_maps", "hash:/etc/aliases, ", "alice@example.org"),
    ],
)
def test_smtp_answers_try_again_where_a_table_decides(
    mail: Mailer, parameter: str, before: str, recipient: str
) -> None:
    """Also about users: an alias for the whole address would come first."""
    _lose(mail, before, **{parameter: "/etc/postroom/missing"})
    talk(
        mail.machine.connect(),
        f"""
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<sender@example.net>
        S: 250
        C: RCPT TO:<{recipient}>
        S: 451 4.3.0 <{recipient}>: Temporary lookup failure
        C: QUIT
        S: 221
        """,
    )


def test_check_names_the_table_that_is_missing(mail: Mailer) -> None:
    mail.machine.run("postconf", "-e", "virtual_alias_maps=hash:/etc/postroom/missing")
    done = mail.machine.attempt("postroom", "check")
    assert "/etc/postroom/missing" in done.stdout + done.stderr
