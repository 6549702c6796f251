"""Who submits mail hands over data and nothing else: the daemons are the same for everybody."""

import json
import subprocess
from typing import Any

import pytest

from machine import Machine
from system.mailer import Mailer

SERVICES = ("postdrop", "pickup", "cleanup", "qmgr", "local")
# Run by the submitter: each name bends something, then sendmail takes this process's place.
BENT = r"""#!/usr/bin/python3
import fcntl, os, resource, signal, sys, termios
environment = dict(os.environ)

def signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
        signal.signal(number, signal.SIG_IGN)

def descriptors():
    for number in range(50):
        os.set_inheritable(os.open(f"/tmp/evil/bent-{number}", os.O_CREAT | os.O_RDWR), True)
    os.set_inheritable(os.pipe()[1], True)

def umask():
    os.umask(0o777)

def directory():
    os.mkdir("/tmp/evil/gone")
    os.chdir("/tmp/evil/gone")
    os.rmdir("/tmp/evil/gone")

def surroundings():
    for name in ("PYTHONPATH", "PYTHONHOME", "CREDENTIALS_DIRECTORY", "PATH", "HOME",
                 "STATE_DIRECTORY", "TMPDIR", "POSTROOM", "LD_LIBRARY_PATH", "TZDIR"):
        environment[name] = "/tmp/evil"
    environment.update(LD_PRELOAD="/tmp/evil/evil.so", PYTHONSTARTUP="/tmp/evil/evil.py", IFS="/",
                       PYTHONINSPECT="1", PYTHONDEBUG="9", PYTHONMALLOC="debug", TZ=":/etc/passwd",
                       LC_ALL="xx_YY", NOTIFY_SOCKET="/tmp/evil/notify", LISTEN_FDS="9",
                       LISTEN_PID=str(os.getpid()), NAME="A" * 5000, MAIL_DEBUG="9",
                       BIG="x" * 99999)

def limits():
    for limit, value in ((resource.RLIMIT_NOFILE, 70), (resource.RLIMIT_FSIZE, 0),
                         (resource.RLIMIT_CPU, 5), (resource.RLIMIT_AS, 300 << 20),
                         (resource.RLIMIT_CORE, 0), (resource.RLIMIT_MEMLOCK, 0),
                         (resource.RLIMIT_STACK, 1 << 20)):
        resource.setrlimit(limit, (value, value))

def priority():
    os.nice(19)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    open("/proc/self/oom_score_adj", "w").write("1000")

def terminal():
    # The other end is closed when the parent has seen sendmail end: a hangup for whoever is there.
    master, slave = os.openpty()
    if child := os.fork():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        status = os.waitpid(child, 0)[1]
        os.close(master)
        os._exit(os.waitstatus_to_exitcode(status))
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    os.dup2(slave, 2)

for bend in sys.argv[1:]:
    globals()[bend]()
os.execve("/usr/sbin/sendmail", ["sendmail", "bob"], environment)
"""
EVIL = "open('/var/tmp/evil-ran', 'a').close()\n"
BENDS = (
    *("signals", "directory", "umask", "surroundings", "descriptors", "priority"),
    *("limits", "terminal"),
)
# Run by root: what /proc tells of each service, as far as it must be the same every time.
LOOK = r"""
import json, os, subprocess, sys
KEPT = ("Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff",
        "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")
OWN = ("INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "LISTEN_PID", "LISTEN_PIDFDID",
       "MANAGERPID", "MANAGERPIDFDID")
def state(service):
    unit = f"postroom-{service}.service"
    show = ["systemctl", "show", "--value", "-p", "MainPID", unit]
    pid = int(subprocess.run(show, capture_output=True, text=True).stdout)
    process = f"/proc/{pid}"
    def read(name):
        return open(f"{process}/{name}", errors="surrogateescape").read()
    status = dict(line.split(":", 1) for line in read("status").splitlines())
    stat = read("stat").rpartition(") ")[2].split()
    environment = [one for one in read("environ").split("\0") if one.partition("=")[0] not in OWN]
    descriptors = {os.readlink(f"{process}/fd/{one}") for one in os.listdir(f"{process}/fd")}
    return {
        **{name: status[name] for name in KEPT},
        "environment": sorted(environment),
        "limits": read("limits"),
        "directory": os.readlink(f"{process}/cwd"),
        "root": os.readlink(f"{process}/root"),
        "group": read("cgroup"),
        "killed first": read("oom_score_adj"),
        "leads its session": int(stat[3]) == pid,
        "terminal": stat[4],
        "nice": stat[16],
        "scheduling": [os.sched_getscheduler(pid), sorted(os.sched_getaffinity(pid))],
        "files": sorted(one for one in descriptors if "/tmp/evil" in one or "/pts/" in one),
    }
print(json.dumps({service: state(service) for service in sys.argv[1:]}))
"""


def look(machine: Machine) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(machine.run("python3", "-c", LOOK, *SERVICES))
    return found


def send(mail: Mailer, *bends: str) -> None:
    before = len(mail.mailbox("bob"))
    mail.machine.run("/usr/local/bin/bent", *bends, user="alice", text="Subject: x\n\nx\n")
    mail.wait_for_mail("bob", before + 1)


@pytest.fixture
def plain(mail: Mailer) -> dict[str, dict[str, Any]]:
    """The state of the services after a message that somebody sent in the usual way."""
    mail.machine.write("/usr/local/bin/bent", BENT, 0o755)
    mail.machine.sh(
        "rm -rf /tmp/evil; install -d -o alice /tmp/evil /tmp/evil/postroom /tmp/evil/msgspec"
    )
    for module in ("evil.py", "sitecustomize.py", "os.py", "postroom/__init__.py"):
        mail.machine.write(f"/tmp/evil/{module}", EVIL)
    mail.set(max_idle="60s")
    start_anew(mail)
    send(mail)
    return look(mail.machine)


def start_anew(mail: Mailer) -> None:
    mail.machine.run("systemctl", "stop", *(f"postroom-{one}.service" for one in SERVICES))


def test_services_that_a_bent_submitter_starts_are_as_for_everybody(
    mail: Mailer, plain: dict[str, dict[str, Any]]
) -> None:
    start_anew(mail)
    send(mail, *BENDS)
    assert look(mail.machine) == plain
    assert not mail.machine.path("/var/tmp/evil-ran").exists()


def test_no_bend_changes_services_that_run(mail: Mailer, plain: dict[str, dict[str, Any]]) -> None:
    for bend in BENDS:
        send(mail, bend)
        assert look(mail.machine) == plain, bend
    assert not mail.machine.path("/var/tmp/evil-ran").exists()


def test_a_submitter_that_stops_or_dies_holds_up_nobody(mail: Mailer) -> None:
    def begin(recipient: str) -> subprocess.Popen[bytes]:
        begun = mail.machine.popen("sendmail", recipient, user="alice", stdin=subprocess.PIPE)
        assert begun.stdin is not None
        begun.stdin.write(b"Subject: half\n\n")
        begun.stdin.flush()
        return begun

    killed, *slow = map(begin, ("alice", "bob", "bob", "bob"))
    mail.machine.wait_for(
        "one to kill", lambda: not mail.machine.attempt("pkill", "-f", "sendmail alice").returncode
    )
    killed.communicate()
    mail.machine.run("sendmail", "carol", user="alice", text="Subject: whole\n\nx\n")
    (message,) = mail.wait_for_mail("carol")
    assert message["Subject"] == "whole"
    assert mail.mailbox("bob") == []
    for one in slow:
        one.communicate(b"x\n")
        assert one.returncode == 0
    mail.wait_for_mail("bob", 3)
    assert mail.mailbox("alice") == []
