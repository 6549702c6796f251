"""The other host is down; the mail waits, and goes by itself when the host is back."""

from system.dialogue import send
from system.mailer import Mailer


def test_deferred_mail_is_delivered_by_the_timer_when_the_host_comes_back(
    mail: Mailer, peer: Mailer
) -> None:
    mail.set(minimal_backoff_time="15s", maximal_backoff_time="15s", queue_run_delay="15s")
    peer.machine.run("postroom", "stop")
    queue_id = send(mail.machine.connect(), "alice@example.org", "zoe@example.net")
    line = mail.wait_for_log(f"{queue_id}: to=<zoe@example.net>.*status=deferred")
    assert "Connection refused" in line
    assert "dsn=4.4.1" in line

    def is_listed() -> bool:
        """qmgr hears of it a moment after the log."""
        listing = mail.queue()
        return all(part in listing for part in (queue_id, "Connection refused", "zoe@example.net"))

    mail.machine.wait_for("the queue says why the message waits", is_listed)

    mail.machine.wait_for(
        "qmgr leaves while mail only waits", lambda: not mail.running_services(), 15
    )

    peer.machine.run("postroom", "start")
    peer.wait_for_mail("zoe", seconds=40)
    mail.wait_for_log(f"{queue_id}: removed")
    mail.wait_for_empty_queue()


def test_postqueue_f_does_not_wait_for_the_timer(mail: Mailer, peer: Mailer) -> None:
    mail.set(minimal_backoff_time="1h", maximal_backoff_time="2h", queue_run_delay="1h")
    peer.machine.run("postroom", "stop")
    queue_id = send(mail.machine.connect(), "alice@example.org", "zoe@example.net")
    mail.wait_for_log(f"{queue_id}: to=.*status=deferred")
    peer.machine.run("postroom", "start")
    mail.machine.run("postqueue", "-f")
    peer.wait_for_mail("zoe")


def test_waiting_mail_survives_the_machine_losing_all_its_processes(
    mail: Mailer, peer: Mailer
) -> None:
    peer.machine.run("postroom", "stop")
    queue_id = send(mail.machine.connect(), "alice@example.org", "zoe@example.net")
    mail.wait_for_log(f"{queue_id}: to=.*status=deferred")
    mail.machine.attempt("systemctl", "kill", "-s", "KILL", "postroom-*.service")
    peer.machine.run("postroom", "start")
    peer.wait_for_mail("zoe", seconds=30)


def test_mail_older_than_its_lifetime_comes_back(mail: Mailer, peer: Mailer) -> None:
    mail.set(maximal_queue_lifetime="6s", bounce_queue_lifetime="6s")
    peer.machine.run("postroom", "stop")
    queue_id = send(mail.machine.connect(), "alice@example.org", "zoe@example.net")
    (bounce,) = mail.wait_for_mail("alice", seconds=40)
    assert "Connection refused" in " ".join(bounce.as_string().split())
    mail.wait_for_log(f"{queue_id}: from=<alice@example.org>, status=expired, returned to sender")
