"""opendkim signs and rspamd refuses: Debian's own, as their packages install them."""

import re
from collections.abc import Iterator

import dkim
import pytest

from system.conftest import Hosts
from system.dialogue import send, talk
from system.mailer import Mailer

OPENDKIM = "unix:/run/opendkim/opendkim.sock"
RSPAMD = "inet:localhost:11332"
OPENDKIM_CONF = """
Syslog yes
UMask 007
UserID opendkim
PidFile /run/opendkim/opendkim.pid
Socket local:/run/opendkim/opendkim.sock
Domain example.org
Selector story
KeyFile /etc/dkimkeys/story.private
InternalHosts 127.0.0.1
"""
# What every filter of junk mail knows (spamassassin.apache.org/gtube).
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
LARGE = "Subject: large\n\n" + "A line of a large message, .and another.\n" * 5_000


@pytest.fixture(scope="module")
def filters(hosts: Hosts) -> Iterator[bytes]:
    """Both run; what comes is the record in DNS of the key that opendkim signs with."""
    machine = hosts.mail.machine
    machine.run("apt-get", "install", "-y", "-q", "opendkim", "rspamd", seconds=300)
    key = "/etc/dkimkeys/story.private"
    machine.sh(f"openssl genrsa -out {key} 2048 && chown opendkim {key} && chmod 600 {key}")
    machine.write("/etc/opendkim.conf", OPENDKIM_CONF)
    machine.run("systemctl", "restart", "opendkim")
    # As with Postfix, whose user is postfix.
    machine.run("adduser", "postroom", "opendkim")
    public = machine.sh(f"openssl rsa -in {key} -pubout -outform DER | base64 -w0").strip()
    yield f"v=DKIM1; k=rsa; p={public}".encode()
    machine.run("systemctl", "stop", "opendkim", "rspamd")


def signed(mail: Mailer, user: str, key: bytes) -> bool:
    """Whether the message in the mailbox has a good signature, where opendkim puts it with
    Postfix too: above our own Received field."""
    (message,) = mail.wait_for_mail(user)
    fields = list(message.keys())
    assert fields.index("DKIM-Signature") < fields.index("Received")
    _, _, stored = mail.machine.path(f"/var/mail/{user}").read_bytes().partition(b"\n")
    # An mbox ends messages with an empty line of its own.
    return bool(dkim.verify(stored.removesuffix(b"\n"), dnsfunc=lambda *_, **__: key))


@pytest.mark.parametrize("text", ["Subject: small\n\nhello\n.dot\n", LARGE], ids=["small", "large"])
def test_mail_that_comes_by_smtp_is_signed(mail: Mailer, filters: bytes, text: str) -> None:
    mail.set(smtpd_milters=OPENDKIM)
    send(mail.machine.connect(), "bob@example.org", "alice@example.org", text)
    assert signed(mail, "alice", filters)


def test_mail_of_users_is_signed(mail: Mailer, filters: bytes) -> None:
    mail.set(non_smtpd_milters=OPENDKIM)
    mail.machine.run("sendmail", "alice@example.org", user="bob", text="Subject: hi\n\nhello\n")
    assert signed(mail, "alice", filters)


@pytest.mark.usefixtures("filters")
def test_what_one_of_several_filters_refuses_does_not_come_in(mail: Mailer) -> None:
    mail.set(smtpd_milters=f"{OPENDKIM}, {{ {RSPAMD}, content_timeout=30s }}")
    send(mail.machine.connect(), "bob@example.org", "alice@example.org")
    dialogue = f"""
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<bob@example.org>
        S: 250
        C: RCPT TO:<carol@example.org>
        S: 250
        C: DATA
        S: 354
        C: Subject: junk
        C:
        C: {GTUBE}
        C: .
        S: 554 5.7.1 Gtube pattern
        C: QUIT
        S: 221
    """
    talk(mail.machine.connect(), dialogue)
    mail.wait_for_log(r"cleanup: \w+: milter-reject: END-OF-MESSAGE from localhost\[127.0.0.1\]: ")
    mail.wait_for_mail("alice")
    assert mail.mailbox("carol") == []


@pytest.mark.usefixtures("filters")
def test_without_its_filter_mail_waits_or_passes_as_main_cf_says(mail: Mailer) -> None:
    nobody = "unix:/run/opendkim/nobody.sock"
    mail.set(smtpd_milters=nobody, milter_default_action="tempfail")
    refused = """
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<bob@example.org>
        S: 451 4.7.1 Service unavailable - try again later
        C: QUIT
        S: 221
    """
    talk(mail.machine.connect(), refused)
    mail.wait_for_log(re.escape(f"warning: connect to Milter service {nobody}: "))
    mail.set(smtpd_milters=f"{{ {nobody}, default_action=accept }}")
    send(mail.machine.connect(), "bob@example.org", "alice@example.org")
    mail.wait_for_mail("alice")
