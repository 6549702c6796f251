"""A user of this machine attacks local(8) with all that a user can write and run."""

import json
from pathlib import Path

from system.dialogue import send
from system.mailer import Mailer

COMMAND = Path(__file__).with_name("hostile_command.py").read_text()
# Of these the kernel says that they are not there, or not allowed, to this service or user.
REFUSED = {
    *("EPERM", "EACCES", "EAFNOSUPPORT", "EPROTONOSUPPORT"),
    # ProtectProc=invisible: other users' processes.
    "ENOENT",
    "ESRCH",
}


def write(mail: Mailer, *recipients: str, sender: str = "sender@example.net") -> str:
    return send(mail.machine.connect(), sender, list(recipients))


def forward(mail: Mailer, text: str) -> None:
    mail.machine.write("/home/bob/.forward", text)
    mail.machine.sh("chmod 644 /home/bob/.forward; chown bob: /home/bob/.forward")


def agent_of(mail: Mailer) -> str:
    """The process ids of the running agent and of its nursery."""
    write(mail, "alice@example.org")
    mail.wait_for_mail("alice")
    return mail.machine.sh(
        "pid=$(systemctl show -P MainPID postroom-local); echo $pid $(pgrep -P $pid)"
    )


def test_a_command_gets_at_nothing_but_its_message(mail: Mailer) -> None:
    machine = mail.machine
    machine.write("/srv/hostile", COMMAND)
    machine.sh("cp /usr/bin/id /srv/setuid-id; chmod 4755 /srv/setuid-id; chmod 755 /srv/hostile")
    forward(mail, "|/srv/hostile /srv/targets /home/bob/seen\n")
    machine.write("/srv/targets", agent_of(mail))
    queue_id = write(mail, "bob@example.org")
    mail.wait_for_log(f"{queue_id}: to=<bob@example.org>.*delivered to command")
    seen = json.loads(machine.read("/home/bob/seen"))
    attempts = seen["attempts"]
    assert {name: end for name, end in attempts.items() if end not in REFUSED} == {}
    assert {end for name, end in attempts.items() if name.startswith("ask ")} == {"EACCES"}
    assert seen["descriptors"] == ["0", "1", "2", "3"]
    assert seen["groups"] == [int(machine.run("id", "-g", "bob"))]
    assert seen["status"]["NoNewPrivs:"] == ["1"]
    for name in ("CapInh:", "CapPrm:", "CapEff:", "CapAmb:"):
        assert seen["status"][name] == ["0000000000000000"]
    ours = {"NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "INVOCATION_ID"}
    assert not ours & set(seen["environment"])
    assert not [name for name in seen["environment"] if name.startswith(("LISTEN_", "WATCHDOG"))]


def test_a_command_that_kills_all_it_can_delays_its_own_mail_alone(mail: Mailer) -> None:
    agent = agent_of(mail)
    forward(mail, '"|kill -9 -1"\n')
    queue_id = write(mail, "bob@example.org", "carol@example.org")
    mail.wait_for_mail("carol")
    mail.wait_for_log(f"{queue_id}: to=<bob@example.org>.*status=deferred .delivery process")
    mail.machine.sh(f"kill -0 {agent}")
    mail.machine.run("postsuper", "-d", "ALL")


def test_a_forward_file_that_nobody_can_read_holds_up_nobody(mail: Mailer) -> None:
    """Texts made to take for ever, and addresses that no other component would take."""
    for count, text in enumerate(
        ("(a)" * 18_000 + '"', f"{'x' * 2000}@example.net\n", '"|' + "x" * 9000 + '"\n'), 1
    ):
        forward(mail, text)
        write(mail, "bob@example.org", "alice@example.org")
        mail.wait_for_mail("alice", count=count, seconds=10)


def test_a_list_that_is_a_link_to_a_secret_tells_nobody(mail: Mailer) -> None:
    """Postfix, which reads as root, sends every line of it back to whoever wrote to the list."""
    mail.aliases("postmaster: root\nall: :include:/home/bob/list\n")
    mail.machine.sh("ln -sf /etc/shadow /home/bob/list; chown -h bob /home/bob/list")
    queue_id = write(mail, "all@example.org")
    mail.wait_for_log("warning: unable to lookup :include: file /home/bob/list: Permission denied")
    mail.wait_for_log(f"{queue_id}: to=<all@example.org>.*dsn=5.3.5")
    assert not [line for line in mail.log() if "root:" in line or "daemon:" in line]


def test_what_strangers_write_is_no_part_of_a_command(mail: Mailer) -> None:
    """Neither of the shell's text nor of what it does with a variable."""
    traces = "/srv/traces"
    mail.machine.sh(f"rm -rf {traces}; mkdir -m 1777 {traces}")
    mail.set(
        recipient_delimiter="+",
        mailbox_command=f'echo ${{EXTENSION}} "$EXTENSION" $SENDER >>{traces}/told-$USER',
    )
    hostile = (f"$(touch {traces}/owned)", f"`touch {traces}/owned`", f"x;touch {traces}/owned;")
    for text in (*hostile, f"x' >{traces}/owned '", f"x|tee {traces}/owned", "x\\\n"):
        quoted = text.replace("\\", "\\\\").replace("\n", "")
        write(mail, f'"bob+{quoted}"@example.org', sender=f'"{quoted}"@example.net')
    mail.wait_for_empty_queue()
    assert mail.machine.sh(f"ls {traces}") == "told-bob\n"
    told = mail.machine.read(f"{traces}/told-bob")
    assert "__touch_/srv/traces/owned_" in told
    assert not set("$`;|'\\()") & set(told)
