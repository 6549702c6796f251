"""postgrey, Debian's own: a stranger's first try is put off, the next one comes in."""

from machine import Nameserver
from system.dialogue import send, talk
from system.mailer import Mailer

PUT_OFF = """
    S: 220
    C: EHLO client.example.net
    S: 250
    C: MAIL FROM:<sender@example.net>
    S: 250
    C: RCPT TO:<alice@example.org>
    S: 450 4.2.0 <alice@example.org>: Recipient address rejected: Greylisted
    C: QUIT
    S: 221
"""
# Says what it was asked; in the place of policyd-spf and the like.
SERVER = """#!/usr/bin/python3
import sys
for line in iter(sys.stdin.readline, "\\n"):
    name, _, value = line.strip().partition("=")
    if name == "sender" and value == "bad@example.net":
        print("action=REJECT", "not", value)
        break
else:
    print("action=PREPEND X-Policy: passed")
print(flush=True)
"""


def test_a_greylisted_client_is_put_off_at_first(mail: Mailer) -> None:
    mail.machine.run("apt-get", "install", "-y", "-q", "postgrey", seconds=300)
    mail.machine.write("/etc/default/postgrey", 'POSTGREY_OPTS="--inet=10023 --delay=2"\n')
    mail.machine.run("systemctl", "restart", "postgrey")
    asked = "reject_unauth_destination, check_policy_service inet:127.0.0.1:10023"
    mail.set(smtpd_recipient_restrictions=asked)
    mail.machine.wait_for("postgrey", lambda: mail.listens(10023))
    talk(mail.machine.connect(), PUT_OFF)
    mail.wait_for_log("smtpd: NOQUEUE: reject: RCPT from .*: 450 4.2.0 .*: Greylisted")
    mail.machine.run("sleep", "3")
    send(mail.machine.connect(), "sender@example.net", "alice@example.org")
    (message,) = mail.wait_for_mail("alice")
    assert "X-Greylist" in message
    mail.machine.run("systemctl", "stop", "postgrey")
    mail.set(smtpd_policy_service_retry_delay="1s")
    refused = PUT_OFF.replace("450 4.2.0", "451 4.3.5").replace("Greylisted", "Server")
    talk(mail.machine.connect(), refused)
    mail.wait_for_log("policy-client: warning: problem talking to server inet:127.0.0.1:10023: ")


def test_a_server_that_spawn_starts_is_asked_by_postfix_s_name_of_it(mail: Mailer) -> None:
    mail.machine.write("/usr/local/bin/policy-server", SERVER, 0o755)
    mail.machine.run(
        *("postconf", "-M"),
        "spf/unix=spf unix - n n - 0 spawn user=nobody argv=/usr/local/bin/policy-server",
    )
    mail.set(
        smtpd_sender_restrictions="check_policy_service { unix:private/spf, timeout=20s }",
        mynetworks="[::1]/128",
    )
    send(mail.machine.connect(), "good@example.net", "alice@example.org")
    (message,) = mail.wait_for_mail("alice")
    assert message["X-Policy"] == "passed"
    text = "554 5.7.1 <bad@example.net>: Sender address rejected: not bad@example.net"
    refused = PUT_OFF.replace("sender@", "bad@").split("S: 450")[0]
    talk(mail.machine.connect(), f"{refused}S: {text}\n    C: QUIT\n    S: 221\n")


def test_policyd_spf_asks_the_name_servers_from_where_spawn_runs_it(
    mail: Mailer, peer: Mailer, nameserver: Nameserver
) -> None:
    """The resolver of peer is another machine, which commands of pipe(8) do not reach."""
    machine = peer.machine
    machine.run("apt-get", "install", "-y", "-q", "python3-spf-engine", seconds=300)
    # The package with the program wants Postfix itself installed.
    machine.sh(
        "dpkg-deb -x /var/cache/apt/archives/postfix-policyd-spf-python_*.deb /;"
        "id policyd-spf || useradd --system policyd-spf"
    )
    nameserver.add(
        'honest.test. TXT "v=spf1 ip4:10.77.0.1 -all"',
        'forged.test. TXT "v=spf1 ip4:192.0.2.1 -all"',
    )
    command = "user=policyd-spf argv=/usr/bin/policyd-spf"
    machine.run("postconf", "-M", f"policyd-spf/unix=policyd-spf unix - n n - 0 spawn {command}")
    peer.set(
        smtpd_recipient_restrictions="reject_unauth_destination,"
        "check_policy_service { unix:private/policyd-spf, timeout=60s }"
    )
    send(mail.machine.connect(address="10.77.0.2"), "a@honest.test", "zoe@example.net")
    (message,) = peer.wait_for_mail("zoe")
    assert message["Received-SPF"].startswith("Pass")
    refused = PUT_OFF.replace("sender@example.net", "a@forged.test").replace(
        "alice@example.org", "zoe@example.net"
    )
    text = "550 5.7.23 <zoe@example.net>: Recipient address rejected: Message rejected due to"
    script = f"{refused.split('S: 450')[0]}S: {text}\n    C: QUIT\n    S: 221\n"
    talk(mail.machine.connect(address="10.77.0.2"), script)
