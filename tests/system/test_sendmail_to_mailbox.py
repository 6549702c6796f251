"""A program calls sendmail, as programs always did."""

from system.mailer import Mailer

LETTER = (
    "To: bob\nCc: carol@example.org\nBcc: alice\nSubject: from a program\n\nhello\n.\nnot lost\n"
)


def test_sendmail_t_reads_its_recipients_from_the_message(mail: Mailer) -> None:
    mail.machine.run("sendmail", "-t", "-oi", user="alice", text=LETTER)
    for user in ("alice", "bob", "carol"):
        (message,) = mail.wait_for_mail(user)
        assert message["Bcc"] is None
        assert message["Return-Path"] == "<alice@example.org>"
        assert message.get_payload() == "hello\n.\nnot lost\n"


def test_the_log_knows_who_called_it(mail: Mailer) -> None:
    mail.machine.run("/usr/lib/sendmail", "bob", user="alice", text="Subject: x\n\nx\n")
    uid = mail.machine.run("id", "-u", "alice").strip()
    mail.wait_for_log(f"^postfix/pickup: [0-9A-F]+: uid={uid} from=<alice>$")
    mail.wait_for_mail("bob")


def test_a_lone_dot_ends_the_message_without_i(mail: Mailer) -> None:
    mail.machine.run("sendmail", "bob", user="alice", text="Subject: x\n\nseen\n.\nunseen\n")
    (message,) = mail.wait_for_mail("bob")
    assert message.get_payload() == "seen\n"


def test_sendmail_works_for_a_sandboxed_service_of_an_unknown_user(mail: Mailer) -> None:
    mail.machine.sh(
        "printf 'Subject: sandboxed\\n\\nx\\n' | systemd-run --quiet --wait --pipe --collect"
        " -p DynamicUser=yes -p NoNewPrivileges=yes -p ProtectSystem=strict -p PrivateTmp=yes"
        " -p PrivateNetwork=yes -p CapabilityBoundingSet= -p RestrictAddressFamilies=AF_UNIX"
        " /usr/sbin/sendmail -f cron@example.org alice"
    )
    (message,) = mail.wait_for_mail("alice")
    assert message["Subject"] == "sandboxed"


def test_no_program_of_the_package_is_setuid_or_setgid(mail: Mailer) -> None:
    files = mail.machine.sh(
        "dpkg -L postroom postroom-mta | xargs -d '\\n' -r stat -c '%A %n' | grep '^-' || true"
    )
    assert files
    assert [line for line in files.splitlines() if "s" in line.split()[0].lower()] == []


def test_bs_speaks_smtp_on_standard_input(mail: Mailer) -> None:
    said = mail.machine.run(
        *("sendmail", "-bs"),
        user="alice",
        text="EHLO localhost\r\nMAIL FROM:<alice>\r\nRCPT TO:<bob>\r\nDATA\r\n"
        "Subject: spoken\r\n\r\nx\r\n.\r\nQUIT\r\n",
    )
    assert "250 2.0.0 Ok: queued" in said
    (message,) = mail.wait_for_mail("bob")
    assert message["Subject"] == "spoken"
