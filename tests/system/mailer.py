"""A machine that runs Postroom, in the words of the stories."""

import email
import mailbox
import re
import time
from contextlib import closing
from email.message import Message
from pathlib import Path

from machine.booted import Machine, Record

# Short, so that no story waits: services leave soon, deferred mail is soon tried again.
PARAMETERS = {
    "inet_interfaces": "all",
    "mynetworks": "127.0.0.0/8 [::1]/128",
    "mydestination": "$myhostname, localhost, $mydomain",
    "max_idle": "3s",
    "queue_run_delay": "4s",
    "minimal_backoff_time": "4s",
    "maximal_backoff_time": "8s",
    "smtp_connect_timeout": "5s",
    "transport_retry_time": "2s",
}
# A table that was opened before is looked at anew once a second.
TABLE_SECONDS = 1.1
MAIN_CF = "/etc/postroom/main.cf"
MASTER_CF = "/etc/postroom/master.cf"


class Mailer:
    """One installed Postroom. ``start_story`` gives each story an empty queue and its own log."""

    def __init__(self, machine: Machine, domain: str) -> None:
        self.machine = machine
        self.domain = domain
        self.set(mydomain=domain, myhostname=machine.hostname, myorigin="$mydomain", **PARAMETERS)
        self._configuration = {name: machine.read(name) for name in (MAIN_CF, MASTER_CF)}
        self._of_this_story = "--since=@0"

    def set(self, **parameters: str) -> None:
        """``postconf -e`` and ``postroom reload``."""
        self.machine.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))
        self.reload()

    def reload(self) -> None:
        self.machine.run("postroom", "reload")

    def start_story(self) -> None:
        """Undo what the story before did."""
        machine = self.machine
        changed = [
            n for n, text in self._configuration.items() if machine.path(n).read_text() != text
        ]
        for name in changed:
            machine.write(name, self._configuration[name])
        if changed:
            self.reload()
        if machine.attempt("systemctl", "is-active", "-q", "postroom.target").returncode:
            machine.run("postroom", "start")
        machine.wait_for("the queue is empty", self._emptied, seconds=60)
        machine.sh("rm -rf /var/mail/* /home/*/Maildir /home/*/.forward")
        self._of_this_story = machine.from_now_on()

    def _emptied(self) -> bool:
        """What is just being delivered leaves when that is over, and has been told of."""
        if "Mail queue is empty" in self.queue():
            return True
        self.machine.run("postsuper", "-d", "ALL")
        return False

    # What a story looks at.

    def log(self, *matches: str) -> list[str]:
        """This story's journal, lines as ``postfix/smtpd: connect from …``."""
        return self.machine.messages(self._of_this_story, *matches)

    def mail_log(self) -> list[str]:
        """This story's mail log: what ``postfix/…`` said."""
        return [line for line in self.log() if line.startswith("postfix/")]

    def history(self, queue_id: str) -> list[Record]:
        """One message's records, by the journal's own field."""
        return self.machine.journal(f"QUEUE_ID={queue_id}")

    def wait_for_log(self, pattern: str, seconds: float = 15) -> str:
        """The first line of this story's mail log in which ``pattern`` is found."""
        expression = re.compile(pattern)

        def look() -> str:
            return next((line for line in self.mail_log() if expression.search(line)), "")

        return str(self.machine.wait_for(f"log line {pattern}", look, seconds))

    def mailbox(self, user: str) -> list[Message]:
        """The messages in /var/mail/USER or ~/Maildir, whichever is there; none from a mailbox
        that is just being written."""
        spool = self.machine.path(f"/var/mail/{user}")
        maildir = self.machine.path(f"/home/{user}/Maildir")
        if spool.is_file():
            size = spool.stat().st_size
            with closing(mailbox.mbox(spool, create=False)) as box:
                messages = list(box)
            written = spool.with_suffix(".lock").exists() or spool.stat().st_size != size
            return [] if written else messages
        return [_parse(file) for file in sorted((maildir / "new").glob("*"))]

    def wait_for_mail(self, user: str, count: int = 1, seconds: float = 15) -> list[Message]:
        def look() -> list[Message]:
            found = self.mailbox(user)
            return found if len(found) >= count else []

        found = self.machine.wait_for(f"{count} messages for {user}", look, seconds)
        return list(found)

    def queue(self) -> str:
        return self.machine.run("mailq")

    def wait_for_empty_queue(self, seconds: float = 30) -> None:
        self.machine.wait_for("empty queue", lambda: "Mail queue is empty" in self.queue(), seconds)

    def listens(self, port: int) -> bool:
        return bool(self.machine.run("ss", "-Hltn", "sport", "=", str(port)))

    def running_services(self) -> list[str]:
        """Postroom's services that have a process."""
        listing = self.machine.run(
            *("systemctl", "list-units", "--plain", "--no-legend", "--type=service"),
            *("--state=running,activating,deactivating", "postroom*"),
        )
        return [line.split()[0] for line in listing.splitlines()]

    def postmap(self, table: str, text: str) -> None:
        self.machine.write(table, text)
        self.machine.run("postmap", table)
        time.sleep(TABLE_SECONDS)

    def aliases(self, text: str) -> None:
        self.machine.write("/etc/aliases", text)
        self.machine.run("newaliases")
        time.sleep(TABLE_SECONDS)


def _parse(file: Path) -> Message:
    return email.message_from_bytes(file.read_bytes())
