"""``MAIL_CONFIG``, -c and -C name the configuration that runs, or the command fails as Debian's
Postfix does, in a machine beside; there a user, too, can have no other."""

import pytest

from machine import Machine
from system.mailer import Mailer

MISSING = (
    "sendmail -bp",
    "mailq",
    "postqueue -p",
    "postqueue -f",
    "postsuper -s",
    "postcat -q NOPE",
    "newaliases",
    "sendmail -i alice",
)
BY_OPTION = (
    "sendmail -C /nonexistent -i alice",
    "sendmail -C /nonexistent/main.cf -bp",
    "postqueue -c /nonexistent -j",
    "postsuper -c /nonexistent -s",
    "postcat -c /nonexistent -q NOPE",
)
OF_USERS = ("MAIL_CONFIG=/etc/other sendmail alice", "sendmail -C /etc/other alice")
OF_USERS += ("postqueue -c /etc/other -p",)


@pytest.mark.parametrize(
    "command", [*(f"MAIL_CONFIG=/nonexistent {command}" for command in MISSING), *BY_OPTION]
)
def test_one_that_is_not_there(command: str, postfix: Machine, mail: Mailer) -> None:
    ours, theirs = (_said(machine, command) for machine in (mail.machine, postfix))
    assert ours == theirs


@pytest.mark.parametrize("command", OF_USERS)
def test_one_that_no_user_may_have(command: str, postfix: Machine, mail: Mailer) -> None:
    """The words are our own: there is nothing to allow."""
    for machine, directory in ((mail.machine, "/etc/postroom"), (postfix, "/etc/postfix")):
        machine.sh(f"rm -rf /etc/other; cp -a {directory} /etc/other")
    (ours, words), (theirs, _) = (
        _said(machine, command, user="alice") for machine in (mail.machine, postfix)
    )
    assert ours == theirs
    assert "/etc/other: no mail system runs with it, only with /etc/postroom" in words
    mail.machine.sh("rm -rf /etc/other")


def test_the_one_that_runs_by_another_name(mail: Mailer) -> None:
    mail.machine.sh("ln -sfn /etc/postroom /etc/same")
    for command in ("postqueue -c /etc/same -p", "MAIL_CONFIG=/etc/same mailq"):
        assert _said(mail.machine, command, user="alice") == (0, "")
    mail.machine.run("sendmail", "-C", "/etc/same/main.cf", "bob", user="alice", text="x\n")
    mail.wait_for_mail("bob")
    mail.machine.sh("rm /etc/same")


def _said(machine: Machine, command: str, user: str | None = None) -> tuple[int, str]:
    """Exit code and errors."""
    done = machine.attempt("sh", "-c", command, user=user)
    return done.returncode, done.stderr
