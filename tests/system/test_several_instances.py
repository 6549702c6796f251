"""Two mail systems on one machine (MULTI_INSTANCE_README): made, used, and removed by postmulti."""

from collections.abc import Iterator

import pytest

from system.dialogue import send
from system.mailer import Mailer

OUT = "/etc/postroom-out"


@pytest.fixture
def pair(mail: Mailer) -> Iterator[Mailer]:
    """The second one listens on an address of its own, and hands everything to the first."""
    machine = mail.machine
    machine.run("postmulti", "-e", "init")
    machine.run("postmulti", "-I", "postroom-out", "-G", "edge", "-e", "create")
    machine.run(
        *("postmulti", "-i", "postroom-out", "-x", "postconf", "-e"),
        *("master_service_disable=", "inet_interfaces=127.0.0.2", "max_idle=3s"),
        *("authorized_submit_users=static:anyone", "relayhost=[127.0.0.1]:25", "mydestination="),
        *("myhostname=out.example.org", "myorigin=example.org", "mynetworks=127.0.0.0/8"),
    )
    machine.run("postmulti", "-i", "postroom-out", "-x", "postconf", "-MX", "smtp/inet")
    line = "2525/inet=2525 inet n - n - - smtpd"
    machine.run("postmulti", "-i", "postroom-out", "-x", "postconf", "-Me", line)
    machine.run("postmulti", "-i", "postroom-out", "-e", "enable")
    machine.run("postmulti", "-i", "postroom-out", "-p", "start")
    yield mail
    machine.attempt("postsuper", "-c", OUT, "-d", "ALL")
    machine.attempt("postmulti", "-i", "postroom-out", "-p", "stop")
    machine.attempt("postmulti", "-i", "postroom-out", "-e", "disable")
    machine.attempt("postmulti", "-i", "postroom-out", "-e", "destroy")


def test_they_are_listed_and_asked_together(pair: Mailer) -> None:
    machine = pair.machine
    assert machine.run("postmulti", "-l").splitlines() == [
        "-               -               y         /etc/postroom",
        "postroom-out    edge            y         /etc/postroom-out",
    ]
    assert machine.run("postmulti", "-g", "edge", "-l").split()[0] == "postroom-out"
    assert machine.run("postmulti", "-R", "-x", "postconf", "-h", "queue_directory").split() == [
        "/var/lib/postroom-out",
        "/var/lib/postroom",
    ]
    status = machine.attempt("postfix", "status")
    assert status.returncode == 0
    assert "postfix/postlog: the Postfix mail system is running: postroom.target" in status.stderr
    assert "postroom-out/postlog: the Postfix mail system is running: postroom-out.target" in (
        status.stderr
    )


def test_mail_goes_through_the_one_it_was_given_to(pair: Mailer) -> None:
    machine = pair.machine
    send(machine.connect(2525, "127.0.0.2"), "sender@example.net", "alice@example.org")
    machine.run("sendmail", "-C", OUT, "bob@example.org", user="alice", text="Subject: s\n\nx\n")
    for name in ("alice", "bob"):
        (message,) = pair.wait_for_mail(name)
        hosts = " ".join(message.get_all("Received", []))
        assert hosts.count("by out.example.org") == 1
    log = [line for line in pair.log() if line.startswith("postroom-out/")]
    assert (
        sum("status=sent" in line and "relay=127.0.0.1[127.0.0.1]:25" in line for line in log) == 2
    )
    assert any(line.startswith("postroom-out/pickup") and "from=<alice>" in line for line in log)


def test_each_has_a_queue_of_its_own(pair: Mailer) -> None:
    machine = pair.machine
    machine.run("postconf", "-c", OUT, "-e", "defer_transports=smtp")
    machine.run("postroom", "-c", OUT, "reload")
    machine.run("sendmail", "-C", OUT, "bob@example.org", text="Subject: waits\n\nx\n")
    machine.wait_for("it waits", lambda: "deferred" in machine.run("postqueue", "-c", OUT, "-p"))
    assert "Mail queue is empty" in machine.run("mailq")
    assert "bob@example.org" in machine.run("sh", "-c", f"MAIL_CONFIG={OUT} mailq")
    assert pair.mailbox("bob") == []
    machine.run("postconf", "-c", OUT, "-X", "defer_transports")
    machine.run("postfix", "-c", OUT, "reload")
    machine.run("postqueue", "-c", OUT, "-f")
    pair.wait_for_mail("bob")


def test_one_is_stopped_while_the_other_runs(pair: Mailer) -> None:
    machine = pair.machine
    machine.run("postfix", "-c", OUT, "stop")
    with pytest.raises(ConnectionRefusedError):
        machine.connect(2525, "127.0.0.2")
    send(machine.connect(), "sender@example.net", "alice@example.org")
    pair.wait_for_mail("alice")
    machine.run("postfix", "-c", OUT, "start")
    send(machine.connect(2525, "127.0.0.2"), "sender@example.net", "alice@example.org")
    pair.wait_for_mail("alice", 2)


def test_an_error_in_one_is_not_the_others(pair: Mailer) -> None:
    machine = pair.machine
    good = machine.read(f"{OUT}/main.cf")
    machine.write(f"{OUT}/main.cf", "message_size_limit = much\n")
    machine.run("systemctl", "daemon-reload")
    machine.wait_for("it is told", lambda: "postroom-out/main.cf" in "".join(pair.log()))
    send(machine.connect(2525, "127.0.0.2"), "sender@example.net", "alice@example.org")
    pair.wait_for_mail("alice")
    pair.set(smtpd_banner="$myhostname ESMTP changed")
    machine.write(f"{OUT}/main.cf", good)
    machine.run("postroom", "-c", OUT, "reload")


def test_what_nobody_names_is_no_mail_system(pair: Mailer) -> None:
    machine = pair.machine
    machine.run("cp", "-a", OUT, "/etc/postroom-copy")
    machine.run(
        "postconf", "-c", "/etc/postroom-copy", "-e", "queue_directory=/var/lib/postroom-copy"
    )
    refused = machine.attempt("postroom", "-c", "/etc/postroom-copy", "start")
    assert refused.returncode == 1
    assert "multi_instance_directories does not name it" in refused.stderr
    machine.run("systemctl", "daemon-reload")
    assert machine.attempt("systemctl", "cat", "postroom-copy.target").returncode
    machine.run("rm", "-r", "/etc/postroom-copy")


def test_what_is_destroyed_leaves_nothing(pair: Mailer) -> None:
    machine = pair.machine

    def refused(*arguments: str) -> str:
        ended = machine.attempt("postmulti", "-i", "postroom-out", "-e", *arguments)
        assert ended.returncode == 1
        return ended.stderr

    assert "is not stopped" in refused("destroy")
    machine.run("postconf", "-c", OUT, "-e", "defer_transports=smtp")
    machine.run("postroom", "-c", OUT, "reload")
    machine.run("sendmail", "-C", OUT, "bob@example.org", text="Subject: left\n\nx\n")
    machine.wait_for("it waits", lambda: "deferred" in machine.run("postqueue", "-c", OUT, "-p"))
    machine.run("postmulti", "-i", "postroom-out", "-p", "stop")
    assert "is not disabled" in refused("destroy")
    machine.run("postmulti", "-i", "postroom-out", "-e", "disable")
    assert "has mail" in refused("destroy")
    machine.run("postmulti", "-i", "postroom-out", "-x", "postfix", "-c", OUT, "start")
    machine.run("postsuper", "-c", OUT, "-d", "ALL")
    machine.run("postfix", "-c", OUT, "stop")
    machine.run("postmulti", "-i", "postroom-out", "-e", "destroy")
    assert machine.sh("find /etc /var/lib -maxdepth 1 -name 'postroom-out*'") == ""
    units = ("list-units", "--all", "--plain", "--type=service,socket,timer,target")
    assert "postroom-out" not in machine.run("systemctl", *units)
    assert machine.run("postmulti", "-l").split() == ["-", "-", "y", "/etc/postroom"]
