"""One address in /etc/aliases, two mailboxes."""

from system.dialogue import send
from system.mailer import Mailer


def test_an_alias_reaches_everybody_it_names(mail: Mailer) -> None:
    mail.aliases("postmaster: root\nteam: alice,\n    bob\n")
    send(mail.machine.connect(), "sender@example.net", "team@example.org")
    for user in ("alice", "bob"):
        (message,) = mail.wait_for_mail(user)
        assert message["X-Original-To"] == "team@example.org"
    mail.wait_for_empty_queue()


def test_an_alias_of_an_alias_is_followed_and_a_user_named_twice_gets_one_copy(
    mail: Mailer,
) -> None:
    mail.aliases("postmaster: root\nall: team, bob\nteam: Alice, bob\n")
    send(mail.machine.connect(), "sender@example.net", "all@example.org")
    mail.wait_for_mail("alice")
    mail.wait_for_mail("bob")
    mail.wait_for_empty_queue()
    assert len(mail.mailbox("bob")) == 1


def test_a_virtual_alias_leads_to_another_domain_and_a_local_user(
    mail: Mailer, peer: Mailer
) -> None:
    mail.postmap("/etc/postroom/virtual", "both@example.org alice, zoe@example.net\n")
    mail.set(virtual_alias_maps="hash:/etc/postroom/virtual")
    send(mail.machine.connect(), "sender@example.net", "both@example.org")
    mail.wait_for_mail("alice")
    peer.wait_for_mail("zoe")
