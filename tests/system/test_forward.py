"""What a user's .forward file can say, and whose word counts."""

from system.dialogue import send
from system.mailer import Mailer


def write(mail: Mailer, recipient: str) -> str:
    return send(mail.machine.connect(), "sender@example.net", recipient)


def forward(mail: Mailer, text: str, name: str = ".forward", owner: str = "bob") -> None:
    mail.machine.write(f"/home/bob/{name}", text)
    mail.machine.sh(f"chmod 644 /home/bob/{name}; chown {owner} /home/bob/{name}")


def test_mail_goes_on_and_a_copy_stays(mail: Mailer, peer: Mailer) -> None:
    forward(mail, "\\bob, zoe@example.net\n")
    write(mail, "bob@example.org")
    (stayed,) = mail.wait_for_mail("bob")
    (went,) = peer.wait_for_mail("zoe", seconds=60)
    assert stayed["Delivered-To"] == "bob@example.org"
    assert went.get_all("Delivered-To") == ["zoe@example.net", "bob@example.org"]
    assert went["Return-Path"] == "<sender@example.net>"


def test_an_extension_may_have_a_file_of_its_own(mail: Mailer) -> None:
    forward(mail, "alice\n")
    forward(mail, "carol\n", ".forward+news")
    write(mail, "bob+news@example.org")
    mail.wait_for_mail("carol")
    write(mail, "bob+other@example.org")
    mail.wait_for_mail("alice")
    mail.wait_for_empty_queue()
    assert len(mail.mailbox("carol")) == 1
    assert mail.mailbox("bob") == []


def test_a_user_s_command_is_the_user_alone(mail: Mailer) -> None:
    """No capability, no other group, nothing of the agent's but the message."""
    forward(
        mail,
        '"|(id; grep Cap /proc/self/status; ls /proc/self/fd; env; cat) >/home/bob/seen 2>&1"\n',
    )
    queue_id = write(mail, "bob+x@example.org")
    mail.wait_for_log(f"{queue_id}: to=<bob.x@example.org>.*delivered to command")
    seen = mail.machine.read("/home/bob/seen")
    assert "(bob) gid=" in seen
    assert "CapEff:\t0000000000000000" in seen
    assert "CapBnd" in seen
    assert "EXTENSION=x\n" in seen
    assert "HOME=/home/bob\n" in seen
    assert "CREDENTIALS_DIRECTORY" not in seen
    assert "Subject: hi" in seen


def test_a_file_that_somebody_else_could_have_written_does_not_count(mail: Mailer) -> None:
    """The admin reads why in the log, in the words of Postfix."""
    for count, (spoil, reason) in enumerate(
        (
            ("chmod 666 .forward", "is world writable"),
            ("chown carol .forward", "has bad owner uid "),
            ("mv .forward real; ln -s real .forward", "is not a regular file"),
        ),
        1,
    ):
        forward(mail, "carol\n")
        mail.machine.sh(f"cd /home/bob; {spoil}")
        write(mail, "bob@example.org")
        mail.wait_for_mail("bob", count=count)
        mail.wait_for_log(f"warning: file /home/bob/.forward {reason}")
        mail.machine.sh("rm /home/bob/.forward")
    assert mail.mailbox("carol") == []


def test_two_who_forward_to_each_other_are_told_so(mail: Mailer) -> None:
    forward(mail, "alice\n")
    mail.machine.write("/home/alice/.forward", "bob\n")
    write(mail, "bob@example.org")
    mail.wait_for_log("status=bounced .mail forwarding loop for bob@example.org")
