"""A server of tables that takes its time holds up the mail that it is asked about, and no other."""

from collections.abc import Iterator

import pytest

from system.mailer import Mailer

# tcp_table(5). Does not answer about slow ones before /srv/answer is there.
ASKED, ANSWER = "/srv/asked", "/srv/answer"
SERVER = r"""
import os, socketserver, time

class Answers(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            while b"slow" in line and not os.path.exists("/srv/answer"):
                open("/srv/asked", "w").close()
                time.sleep(0.1)
            known = b"@boxes.test" in line
            self.wfile.write(b"200 box\n" if known else b"500 unknown\n")

class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

Server(("127.0.0.1", 9000), Answers).serve_forever()
"""
TABLE = "tcp:127.0.0.1:9000"


@pytest.fixture
def table(mail: Mailer) -> Iterator[str]:
    mail.machine.write("/srv/server.py", SERVER)
    mail.machine.run("rm", "-f", ASKED, ANSWER)
    mail.machine.run("systemd-run", "-q", "--unit=slow-table", "python3", "/srv/server.py")
    mail.machine.wait_for("the server", lambda: mail.listens(9000))
    yield TABLE
    mail.machine.run("systemctl", "stop", "slow-table")


def test_mail_for_a_user_does_not_wait_for_what_is_asked_about_another(
    mail: Mailer, table: str
) -> None:
    mail.set(
        alias_maps=f"inline:{{quick=/dev/null}}, {table}",
        # Or there would be a question about owner-quick.
        owner_request_special="no",
    )
    _overtakes(mail, "slow@example.org", "quick@example.org")
    mail.wait_for_log("to=<slow@example.org>.*relay=local.*dsn=5.1.1, status=bounced")


def test_mail_for_a_virtual_mailbox_does_not_wait_for_what_is_asked_about_another(
    mail: Mailer, table: str
) -> None:
    mail.machine.sh("rm -rf /srv/vmail; install -d -o 5000 -g 5000 /srv/vmail")
    mail.set(
        virtual_mailbox_domains="boxes.test",
        virtual_mailbox_maps=f"inline:{{zoe@boxes.test=zoe}}, {table}",
        virtual_mailbox_base="/srv/vmail",
        virtual_uid_maps="static:5000",
        virtual_gid_maps="static:5000",
    )
    _overtakes(mail, "slow@boxes.test", "zoe@boxes.test")
    mail.wait_for_log("to=<slow@boxes.test>.*relay=virtual.*status=sent")


def _overtakes(mail: Mailer, slow: str, quick: str) -> None:
    """The quick one's mail comes later and is there first."""
    mail.machine.run("sendmail", slow, text="Subject: hi\n\nhello\n")
    mail.machine.wait_for("the question", lambda: mail.machine.path(ASKED).exists(), seconds=40)
    mail.machine.run("sendmail", quick, text="Subject: hi\n\nhello\n")
    mail.wait_for_log(f"to=<{quick}>.*status=sent")
    assert not any(f"to=<{slow}>" in line for line in mail.mail_log())
    mail.machine.run("touch", ANSWER)
