"""The admin looks at the queue and puts it in order; users do what they are allowed to."""

import re

import pytest

from machine.places import TREE_INSIDE
from system.dialogue import send
from system.mailer import Mailer

MANY = 2000


@pytest.fixture
def waiting(mail: Mailer) -> str:
    """A message that waits for zoe, whose host is not to be tried."""
    mail.set(defer_transports="smtp", queue_run_delay="1h", minimal_backoff_time="1h")
    queue_id = send(mail.machine.connect(), "alice@example.org", "zoe@example.net")
    mail.wait_for_log(f"{queue_id}: to=.*status=deferred")
    mail.machine.wait_for("it has a file", lambda: f"{queue_id} " in mail.queue())
    return queue_id


def test_a_message_on_hold_stays_until_it_is_released(
    mail: Mailer, peer: Mailer, waiting: str
) -> None:
    said = mail.machine.attempt("postsuper", "-h", waiting)
    assert said.stderr == (
        f"postsuper: {waiting}: placed on hold\npostsuper: Placed on hold: 1 message\n"
    )
    assert f"postfix/postsuper: {waiting}: placed on hold" in mail.mail_log()
    mail.set(defer_transports="")
    mail.machine.run("postqueue", "-f")
    assert f"{waiting}!" in mail.queue()
    mail.machine.run("postsuper", "-H", waiting)
    mail.machine.run("postqueue", "-i", waiting)
    peer.wait_for_mail("zoe")
    mail.wait_for_empty_queue()


def test_expired_mail_comes_back_at_the_next_attempt(mail: Mailer, waiting: str) -> None:
    mail.machine.run("postsuper", "-e", waiting)
    assert f"{waiting}#" in mail.queue()
    mail.machine.run("postqueue", "-i", waiting)
    mail.wait_for_mail("alice")
    mail.wait_for_log(f"{waiting}: from=<alice@example.org>, status=force-expired")


def test_requeued_mail_meets_the_aliases_as_they_are_now(mail: Mailer, waiting: str) -> None:
    mail.machine.write("/etc/postroom/virtual", "zoe@example.net bob\n")
    mail.machine.run("postmap", "/etc/postroom/virtual")
    mail.set(virtual_alias_maps="hash:/etc/postroom/virtual")
    mail.machine.run("postsuper", "-r", waiting)
    (delivered,) = mail.wait_for_mail("bob")
    mail.wait_for_empty_queue()
    line = mail.wait_for_log(f"postfix/postsuper: .*orig_id={waiting}")
    found = re.search(r": ([0-9A-F]+): uid=0 from=<alice@example.org>", line)
    assert found
    assert found[1] != waiting
    ids = re.findall(r"id ([0-9A-F]+)", " ".join(delivered.get_all("Received", [])))
    assert ids == [found[1], waiting]


def test_postcat_and_qshape_show_what_waits(mail: Mailer, waiting: str) -> None:
    shown = mail.machine.run("postcat", "-q", waiting)
    assert f"*** ENVELOPE RECORDS deferred/{waiting} ***" in shown
    assert "\nrecipient: zoe@example.net\n" in shown
    table = mail.machine.run("qshape", "deferred", user="alice").splitlines()
    assert table[2].split() == ["example.net", "1", "1", *["0"] * 9]


def test_users_do_what_they_are_named_for(mail: Mailer, waiting: str) -> None:
    mail.set(
        authorized_mailq_users="bob",
        authorized_flush_users="root",
        authorized_submit_users="!carol, static:anyone",
    )
    machine = mail.machine
    assert waiting in machine.run("mailq", user="bob")
    assert waiting in machine.run("mailq")
    refused = machine.attempt("mailq", user="alice")
    assert (refused.returncode, refused.stdout) == (69, "")
    assert re.fullmatch(
        r"postqueue: fatal: User alice\(\d+\) is not allowed to view the mail queue\n",
        refused.stderr,
    )
    refused = machine.attempt("postqueue", "-f", user="bob")
    assert "is not allowed to flush the mail queue" in refused.stderr
    refused = machine.attempt("sendmail", "bob", user="carol", text="hello\n")
    assert refused.returncode == 75
    assert "is not allowed to submit mail" in refused.stderr
    machine.run("sendmail", "bob", user="alice", text="Subject: hello\n\nhello\n")
    mail.wait_for_mail("bob")


def test_nobody_but_the_superuser_changes_the_queue(mail: Mailer, waiting: str) -> None:
    for command in (("postsuper", "-d", "ALL"), ("postcat", "-q", waiting)):
        assert mail.machine.attempt(*command, user="alice").returncode == 1
    assert waiting in mail.queue()


@pytest.mark.usefixtures("waiting")
def test_thousands_of_messages_are_listed_held_and_deleted(mail: Mailer) -> None:
    machine = mail.machine
    machine.run("postroom", "stop")
    machine.run("python3", f"{TREE_INSIDE}/tests/bench/queue_copies.py", "postroom", str(MANY))
    machine.run("postroom", "start")
    assert re.search(rf"^-- \d+ Kbytes in {MANY} Requests\.$", mail.queue(), re.MULTILINE)
    ids = re.findall(r"^([0-9A-F]+) ", mail.queue(), re.MULTILINE)
    assert ids == sorted(set(ids))
    held = machine.attempt("postsuper", "-h", "-", text="\n".join(ids[: MANY // 2]) + "\n")
    assert held.stderr.endswith(f"postsuper: Placed on hold: {MANY // 2} messages\n")
    deleted = machine.attempt("postsuper", "-d", "ALL", "hold")
    assert deleted.stderr == f"postsuper: Deleted: {MANY // 2} messages\n"
    assert f"in {MANY - MANY // 2} Requests." in mail.queue()
    deleted = machine.attempt("postsuper", "-d", "ALL")
    assert deleted.stderr == f"postsuper: Deleted: {MANY - MANY // 2} messages\n"
    assert mail.queue() == "Mail queue is empty\n"
