"""What would become of an address, a session or a message, told by the daemons themselves."""

import asyncio
import os
from pathlib import Path
from pwd import getpwnam

import pytest

from postroom.config.configuration import Configuration, load
from postroom.contracts.rewrite import AddressClass
from postroom.explanation.configured import NoService
from postroom.explanation.explaining import (
    Explainer,
    Explanation,
    Submission,
    read_message,
)
from postroom.explanation.generic_addresses import Seen
from postroom.explanation.record import (
    Completed,
    Judged,
    Logged,
    Masqueraded,
    Replied,
    Searched,
    Step,
)
from postroom.explanation.smtp_session import Visit
from postroom.tables.user_list import login_of

TREE = Path(__file__).resolve().parents[3]
MAIN = """
compatibility_level = 3.6
myhostname = mail.example.org
mydestination = $myhostname, example.org
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8
local_recipient_maps = inline:{bob=x}
canonical_maps = inline:{old@example.org=new@example.org}
virtual_alias_maps = inline:{{new@example.org=bob, far@remote.test}, {loop@example.org=loop+1}}
transport_maps = inline:{remote.test=smtp:[mx.remote.test]:2525}
smtpd_recipient_restrictions = check_sender_access inline:{{bad.test=REJECT go away}}, permit
"""


def configured(directory: Path, more: str = "") -> Configuration:
    (directory / "main.cf").write_text(MAIN + more)
    (directory / "master.cf").write_text((TREE / "conf/master.cf").read_text())
    return load(directory)


def submit(configuration: Configuration, *recipients: str, content: bytes = b"") -> Explanation:
    what = Submission("bob", recipients, content, os.getuid())
    return asyncio.run(Explainer(configuration).submission(what))


def session(
    configuration: Configuration, sender: str, *recipients: str, service: str = ""
) -> Explanation:
    what = Visit("192.0.2.1", "host.test", "host.test", sender, recipients, b"")
    return asyncio.run(Explainer(configuration).session(service, what))


def steps_of(explanation: Explanation, kind: type[Step]) -> list[Step]:
    return [step for step in explanation.steps if isinstance(step, kind)]


def test_every_step_of_an_address_is_told(tmp_path: Path) -> None:
    explained = submit(configured(tmp_path), "old@example.org")
    found = [step for step in steps_of(explained, Searched) if step.value is not None]
    assert [(step.component, step.parameters, step.key) for step in found] == [
        ("cleanup", ("canonical_maps",), "old@example.org"),
        ("cleanup", ("virtual_alias_maps",), "new@example.org"),
        ("trivial-rewrite", ("transport_maps",), "remote.test"),
    ]
    assert Completed("bob", "bob@mail.example.org") in explained.steps
    goals = [(one.recipient, one.transport, one.nexthop) for one in explained.destinations]
    assert goals == [
        ("bob@mail.example.org", "local", "mail.example.org"),
        ("far@remote.test", "smtp", "[mx.remote.test]:2525"),
    ]
    assert [one.address_class for one in explained.destinations] == [
        AddressClass.LOCAL,
        AddressClass.DEFAULT,
    ]
    assert {one.original for one in explained.destinations} == {"old@example.org"}
    assert explained.answer == "accepted"


def test_a_refusal_by_a_table_is_told_with_its_restriction(tmp_path: Path) -> None:
    explained = session(configured(tmp_path), "x@bad.test", "bob@example.org")
    judged = steps_of(explained, Judged)[-1]
    assert (judged.parameter, judged.restriction) == (
        "smtpd_recipient_restrictions",
        "check_sender_access",
    )
    assert explained.answer == judged.verdict
    assert explained.answer.endswith("Sender address rejected: go away")
    assert explained.refused
    assert explained.destinations == ()


def test_a_session_that_is_accepted_is_told_to_its_end(tmp_path: Path) -> None:
    explained = session(configured(tmp_path), "x@ok.test", "bob@example.org", "no@example.org")
    replies = [step.reply[:3] for step in steps_of(explained, Replied)]
    # Greeting, EHLO, MAIL, two RCPT, DATA, the message, QUIT.
    assert replies == ["220", "250", "250", "250", "550", "354", "250", "221"]
    assert [one.recipient for one in explained.destinations] == ["bob@example.org"]
    assert not explained.refused


def test_a_stranger_s_relaying_is_refused_as_by_the_server(tmp_path: Path) -> None:
    explained = session(configured(tmp_path), "x@ok.test", "y@far.test")
    assert explained.answer == "454 4.7.1 <y@far.test>: Relay access denied"
    judged = [(step.restriction, step.verdict[:5]) for step in steps_of(explained, Judged)]
    assert ("permit_mynetworks", "dunno") in judged


@pytest.mark.parametrize(("enabled", "refused"), [("yes", True), ("no", False)])
def test_who_has_not_logged_in_is_refused_where_others_may(
    tmp_path: Path, enabled: str, refused: bool
) -> None:
    configuration = configured(
        tmp_path,
        f"smtpd_sasl_auth_enable = {enabled}\nsmtpd_sasl_type = dovecot\n"
        "smtpd_sender_login_maps = inline:{x@ok.test=joe}\n"
        "smtpd_sender_restrictions = reject_sender_login_mismatch\n",
    )
    explained = session(configuration, "x@ok.test", "bob@example.org")
    assert explained.refused is refused
    assert ("not logged in" in explained.answer) is refused


def test_the_options_of_the_service_that_is_named_count(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    with (tmp_path / "master.cf").open("a") as master:
        master.write("2525 inet n - n - - smtpd -o smtpd_sender_restrictions=reject\n")
    configuration = load(tmp_path)
    assert session(configuration, "x@ok.test", "bob@example.org", service="2525").refused
    assert not session(configuration, "x@ok.test", "bob@example.org").refused
    with pytest.raises(NoService, match="no service 26"):
        session(configuration, "x@ok.test", "bob@example.org", service="26")


def test_a_table_that_cannot_be_read_is_told_and_concludes_nothing(tmp_path: Path) -> None:
    configuration = configured(tmp_path, f"virtual_alias_maps = cdb:{tmp_path}/none\n")
    explained = submit(configuration, "a@example.org")
    (broken,) = [step for step in steps_of(explained, Searched) if step.error]
    assert "none.cdb" in broken.error
    assert explained.answer == "4.3.0 Error: queue file write error"
    assert explained.refused


def test_the_recipients_of_a_file_are_those_of_its_header(tmp_path: Path) -> None:
    content, recipients = read_message(b"To: bob, Ann <ann@example.org>\n\n.text\n")
    assert recipients == ("bob", "ann@example.org")
    explained = submit(configured(tmp_path), *recipients, content=content)
    assert len(explained.destinations) == 2


def test_a_message_of_any_size_is_read_whole_and_kept_nowhere(tmp_path: Path) -> None:
    content, _ = read_message(b"Subject: big\n\n" + 5000 * (78 * b"x" + b"\n"))
    explained = submit(configured(tmp_path), "bob", content=content)
    assert [one.recipient for one in explained.destinations] == ["bob@mail.example.org"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.cf", "master.cf"]


def test_too_many_hops_are_refused_with_cleanup_s_words(tmp_path: Path) -> None:
    content, _ = read_message(b"Received: x\n" * 60 + b"\n")
    explained = submit(configured(tmp_path), "bob", content=content)
    assert explained.answer == "5.4.0 Error: too many hops"
    assert any("too many hops" in step.text for step in steps_of(explained, Logged))


def test_what_tables_say_of_content_is_told(tmp_path: Path) -> None:
    tables = "regexp:{{/^Subject: bad/ REJECT go away}, {/^Subject: wait/ HOLD}}"
    configuration = configured(tmp_path, f"header_checks = {tables}\n")
    explained = submit(configuration, "bob", content=b"Subject: bad\r\n\r\n")
    assert explained.refused
    assert explained.answer == "5.7.1 go away"
    searched = [step for step in steps_of(explained, Searched) if step.key == "Subject: bad"]
    assert [(step.component, step.parameters[0], step.value) for step in searched] == [
        ("cleanup", "header_checks", "REJECT go away")
    ]
    held = submit(configuration, "bob", content=b"Subject: wait\r\n\r\n")
    assert [one.outcome for one in held.destinations] == [
        "on hold until postsuper(1) -H releases it"
    ]


def test_a_content_filter_is_where_mail_goes(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "content_filter = smtp:[127.0.0.1]:10025\n")
    for explained in (submit(configuration, "bob"), session(configuration, "a@b.test", "bob")):
        assert [(one.transport, one.nexthop) for one in explained.destinations] == [
            ("smtp", "[127.0.0.1]:10025")
        ]


def test_whom_a_route_in_a_name_leads_to_is_told_with_what_was_written(tmp_path: Path) -> None:
    (there,) = submit(configured(tmp_path), "zoe%remote.test@mail.example.org").destinations
    assert there.recipient == "zoe@remote.test"
    assert there.original == "zoe%remote.test@mail.example.org"


def test_hosts_that_are_hidden_are_told_of(tmp_path: Path) -> None:
    explained = submit(
        configured(tmp_path, "masquerade_domains = example.org\nmyorigin = host.example.org\n"),
        "zoe@remote.test",
    )
    assert steps_of(explained, Masqueraded) == [
        Masqueraded("bob@host.example.org", "bob@example.org")
    ]


def test_what_the_next_host_sees_is_told(tmp_path: Path) -> None:
    table = "inline:{{bob@mail.example.org=b@isp.test} {@remote.test=@isp.test}}"
    explained = submit(configured(tmp_path, f"smtp_generic_maps = {table}\n"), "zoe@remote.test")
    (there,) = explained.destinations
    assert there.recipient == "zoe@remote.test"
    assert there.generic == Seen("b@isp.test", "zoe@isp.test")
    away = submit(configured(tmp_path, "smtp_generic_maps = fail:gone\n"), "zoe@remote.test")
    assert away.destinations[0].generic is not None
    assert "gone" in away.destinations[0].generic.error


@pytest.mark.parametrize(
    ("parameter", "answer"),
    [
        ("authorized_submit_users = !{login}, static:anyone", "5.7.0 User {login}({uid}) is not"),
        ("authorized_submit_users = {login}", "accepted"),
        ("local_login_sender_maps = inline:{{ {login}=bob }}", "accepted"),
        (
            "local_login_sender_maps = inline:{{ {login}=ann }}",
            "5.7.1 not authorized to use sender='bob'",
        ),
        ("local_login_sender_maps = fail:gone", "4.3.0 local_login_sender_maps table lookup error"),
    ],
)
def test_who_may_not_send_is_told_so_before_anything_else(
    tmp_path: Path, parameter: str, answer: str
) -> None:
    names = {"login": login_of(os.getuid()), "uid": os.getuid()}
    explained = submit(configured(tmp_path, f"{parameter.format(**names)}\n"), "bob")
    assert explained.answer.startswith(answer.format(**names))
    assert explained.refused is not bool(explained.destinations)
    asked = [step for step in steps_of(explained, Searched) if step.component == "postdrop"]
    if "maps" in parameter:
        assert [(one.parameters, one.key) for one in asked] == [
            (("local_login_sender_maps",), names["login"])
        ]


def test_a_user_s_own_submission_is_explained(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "authorized_submit_users = !nobody, static:anyone\n")
    of_nobody = Submission("bob", ("bob",), b"", getpwnam("nobody").pw_uid)
    assert asyncio.run(Explainer(configuration).submission(of_nobody)).refused
    assert not submit(configuration, "bob").refused
