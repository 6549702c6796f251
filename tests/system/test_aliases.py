"""What /etc/aliases can say: lists, files, commands, and who keeps them."""

from system.dialogue import send
from system.mailer import Mailer

# A directory in which commands of nobody's may leave traces; /tmp is the service's own.
TRACES = "/srv/traces"


def write(mail: Mailer, *recipients: str) -> str:
    return send(mail.machine.connect(), "sender@example.net", list(recipients))


def traces(mail: Mailer) -> None:
    mail.machine.sh(f"rm -rf {TRACES}; mkdir -m 1777 -p {TRACES}")


def test_a_list_that_waits_for_one_member_reaches_the_others_once(mail: Mailer) -> None:
    """Over a restart of local, too; a command that succeeded is not run again either."""
    traces(mail)
    mail.aliases(
        "postmaster: root\n"
        f'team: alice, "|cat >>{TRACES}/done", "|test -e {TRACES}/open || exit 75"\n'
    )
    queue_id = write(mail, "team@example.org")
    mail.wait_for_log(f"{queue_id}: to=<team@example.org>.*status=deferred")
    mail.machine.run("systemctl", "stop", "postroom-local")
    mail.machine.run("touch", f"{TRACES}/open")
    mail.machine.run("postqueue", "-f")
    mail.wait_for_empty_queue()
    assert len(mail.wait_for_mail("alice")) == 1
    assert mail.machine.read(f"{TRACES}/done").count("Subject: hi") == 1
    assert mail.machine.sh("find /var/lib/postroom-local -type f") == ""


def test_members_of_a_list_with_an_owner_get_mail_from_the_owner(mail: Mailer) -> None:
    mail.aliases("postmaster: root\nteam: alice, nobody-at-all\nowner-team: bob\n")
    write(mail, "team@example.org")
    (message,) = mail.wait_for_mail("alice")
    assert message["Return-Path"] == "<owner-team@example.org>"
    assert message["Delivered-To"] == "alice@example.org"
    (report,) = mail.wait_for_mail("bob")
    assert report["Subject"].startswith("Undelivered Mail")


def test_commands_and_files_of_aliases_are_nobody_s(mail: Mailer) -> None:
    traces(mail)
    mail.aliases(
        "postmaster: root\n"
        f'run: "|id -un >{TRACES}/who; env | sort >{TRACES}/told; cat >{TRACES}/mail"\n'
        f"keep: {TRACES}/kept\n"
        "secret: /root/kept\n"
    )
    queue_id = write(mail, "run@example.org", "keep@example.org", "secret@example.org")
    mail.wait_for_log(f"{queue_id}: to=<run@example.org>.*delivered to command")
    assert mail.machine.read(f"{TRACES}/who") == "nobody\n"
    assert "SENDER=sender@example.net\n" in mail.machine.read(f"{TRACES}/told")
    assert "\nDelivered-To: run@example.org\n" in mail.machine.read(f"{TRACES}/mail")
    mail.wait_for_log(f"{queue_id}: to=<secret@example.org>.*status=bounced.*Permission denied")
    assert "nobody" in mail.machine.run("stat", "-c", "%U", f"{TRACES}/kept")


def test_what_a_command_says_is_what_the_sender_hears(mail: Mailer) -> None:
    mail.aliases(
        'postmaster: root\nold: "|echo 5.1.6 moved away; exit 75"\nweak: "|exit 75"\n'
        'gone: "|exit 67"\nlong: "|sleep 60"\n'
    )
    mail.set(command_time_limit="1s")
    queue_id = write(mail, *(f"{name}@example.org" for name in ("old", "weak", "gone", "long")))
    for name, end in (
        ("old", r"dsn=5.1.6, status=bounced \(moved away\)"),
        ("weak", r"dsn=4.3.0, status=deferred \(temporary failure\)"),
        ("gone", r"dsn=5.1.1, status=bounced \(user unknown\)"),
        ("long", r"dsn=5.3.0, status=bounced \(Command time limit exceeded"),
    ):
        mail.wait_for_log(f"{queue_id}: to=<{name}@example.org>.*{end}")


def test_a_list_of_ten_thousand_is_read_from_a_file(mail: Mailer, peer: Mailer) -> None:
    """Root's own, closed to everybody else; no process takes 200 MB for it."""
    members = "".join(f"member{number}@example.net\n" for number in range(10_000))
    mail.machine.write("/etc/postroom/members", members)
    mail.machine.run("chmod", "600", "/etc/postroom/members")
    mail.aliases("postmaster: root\nall: :include:/etc/postroom/members\nowner-all: bob\n")
    mail.set(transport_maps="inline:{example.net=discard:}")
    queue_id = write(mail, "all@example.org")
    mail.wait_for_log(f"{queue_id}: to=<all@example.org>.*forwarded as", seconds=60)
    mail.wait_for_empty_queue(seconds=120)
    reached = {
        line for line in mail.mail_log() if "relay=discard" in line.replace("none", "discard")
    }
    assert sum("status=sent" in line for line in reached) >= 10_000
    peaks = mail.machine.sh(
        "cat /proc/[0-9]*/status | awk '/^Name:/{n=$2} /^VmHWM:/{if (n ~ /python/) print $2}'"
    )
    assert max(map(int, peaks.split())) < 200 * 1024


def test_a_list_that_everybody_may_write_is_not_used(mail: Mailer) -> None:
    mail.machine.write("/etc/postroom/open-list", "bob\n")
    mail.machine.run("chmod", "666", "/etc/postroom/open-list")
    mail.aliases("postmaster: root\nopen: :include:/etc/postroom/open-list\n")
    queue_id = write(mail, "open@example.org")
    mail.wait_for_log("warning: :include: file /etc/postroom/open-list is world writable")
    mail.wait_for_log(f"{queue_id}: to=<open@example.org>.*dsn=5.3.5.*configuration error")
    assert mail.mailbox("bob") == []


def test_a_list_s_commands_have_the_rights_of_who_keeps_it(mail: Mailer) -> None:
    """Mailman keeps its own alias table; users keep lists that root's aliases include."""
    traces(mail)
    mail.machine.write("/home/bob/list", f'"|id -un >{TRACES}/included"\n')
    mail.machine.write("/srv/carol-aliases", f'list: "|id -un >{TRACES}/own"\n')
    mail.machine.run("postalias", "hash:/srv/carol-aliases")
    mail.machine.sh("chown bob /home/bob/list; chown carol /srv/carol-aliases*")
    mail.aliases("postmaster: root\nkept: :include:/home/bob/list\n")
    mail.set(
        alias_maps="hash:/etc/aliases, hash:/srv/carol-aliases",
        allow_mail_to_commands="alias, forward, include",
    )
    queue_id = write(mail, "kept@example.org", "list@example.org")
    for name, user in (("included", "bob"), ("own", "carol")):
        to = "kept" if name == "included" else "list"
        mail.wait_for_log(f"{queue_id}: to=<{to}@example.org>.*delivered to command")
        assert mail.machine.read(f"{TRACES}/{name}") == f"{user}\n"


def test_mailboxes_may_be_another_transport_s(mail: Mailer) -> None:
    mail.aliases("postmaster: root\nteam: alice, bob\n")
    mail.set(
        mailbox_transport_maps="inline:{alice=discard:}",
        fallback_transport="discard:",
        local_recipient_maps="",
    )
    queue_id = write(mail, "team@example.org", "unheard-of@example.org")
    mail.wait_for_log(f"{queue_id}: passing <alice@example.org> to transport=discard")
    mail.wait_for_log(f"{queue_id}: to=<alice@example.org>, orig_to=<team@example.org>.*sent")
    mail.wait_for_log(f"{queue_id}: to=<unheard-of@example.org>.*status=sent")
    mail.wait_for_mail("bob")
    assert mail.mailbox("alice") == []
