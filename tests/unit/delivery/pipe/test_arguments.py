"""A command's arguments: one per macro and recipient, whatever the addresses look like."""

import time

import pytest

from postroom.config.pipe_command import parse_pipe_command
from postroom.contracts.delivery import Deliver
from postroom.delivery.pipe.arguments import arguments
from postroom.mail.address import Extensions
from postroom.mail.envelope import Client, Envelope, Recipient, Upstream

CLIENT = Client(
    *("mx.x.test", "192.0.2.1", 4711, "helo.test", "ESMTPA", "PLAIN", "joe"),
    sasl_sender="boss@x.test",
)


def filled(
    argv: str,
    *recipients: str,
    sender: str = "s@x.test",
    flags: str = "",
    client: Client | None = None,
    forwarded: Upstream | None = None,
    null_sender: str = "MAILER-DAEMON",
) -> list[str]:
    words = ["user=alice", f"flags={flags}", f"null_sender={null_sender}", f"argv={argv}".split()]
    command = parse_pipe_command([*words[:3], *words[3]])
    now = time.time()
    to = tuple(Recipient(address, "Old@Y.Test") for address in recipients or ("A+B@Y.Test",))
    envelope = Envelope(sender, to, now, client=client, forwarded=forwarded, envid="id+1")
    request = Deliver("0123456789AB", "Next.Hop", envelope, 42, now, now, b"")
    return list(arguments(command, request, to, Extensions("+")))


def test_macros_tell_about_the_message() -> None:
    told = filled("/x $sender $nexthop $queue_id $size $envid [${client_address}] $$")
    assert told == ["/x", "s@x.test", "Next.Hop", "0123456789AB", "42", "id+1", "[]", "$"]


def test_a_client_is_told_about() -> None:
    argv = "/x $client_address $client_hostname $client_helo $client_port $sasl_username"
    argv += " $sasl_sender"
    told = filled(argv, client=CLIENT)
    assert told[1:] == ["192.0.2.1", "mx.x.test", "helo.test", "4711", "joe", "boss@x.test"]


def test_of_a_client_with_mail_from_another_that_one_is_told_about() -> None:
    argv = "/x $client_address $client_hostname $client_helo $client_port $client_protocol"
    other = Upstream("up.test[192.0.2.9]", "up.test", "192.0.2.9", 99, "other.test", "UUCP")
    told = filled(f"{argv} $sasl_username", client=CLIENT, forwarded=other)
    assert told[1:] == ["192.0.2.9", "up.test", "other.test", "99", "UUCP", "joe"]
    assert filled(argv, client=CLIENT)[5] == "ESMTP"


def test_a_recipient_s_argument_stands_once_for_each_recipient() -> None:
    told = filled("/x -- $recipient end ext=$extension $user", "a@y.test", "b+c@y.test")
    assert told == ["/x", "--", "a@y.test", "b+c@y.test", "end", "ext=", "ext=c", "a", "b"]


def test_an_argument_that_is_empty_keeps_its_place() -> None:
    assert filled("/x -f $sender -- $extension", sender="", null_sender="") == [
        *("/x", "-f", "", "--", "B"),
    ]
    assert filled("/x $extension -d", "a@y.test") == ["/x", "", "-d"]
    assert filled("/x -f $sender", sender="") == ["/x", "-f", "MAILER-DAEMON"]


def test_flags_fold_and_quote() -> None:
    argv = "/x $recipient $original_recipient $user $extension $mailbox $domain $nexthop"
    assert filled(argv, flags="hu")[1:] == [
        *("a+b@y.test", "old@y.test", "a", "b", "a+b", "y.test", "next.hop")
    ]
    assert filled(argv, flags="h")[1:3] == ["A+B@y.test", "Old@y.test"]
    assert filled("/x $recipient $user $sender", "a b@y.test", sender="c d@x", flags="q") == [
        *("/x", '"a b"@y.test', "a b", '"c d"@x')
    ]


@pytest.mark.parametrize("hostile", ["$(id)", "`id`", "a; rm -rf /", "-oX/etc/passwd", "$sender"])
def test_an_address_is_one_argument_and_is_not_expanded_again(hostile: str) -> None:
    assert filled("/x -r $user", f"{hostile}@y.test") == ["/x", "-r", hostile]
