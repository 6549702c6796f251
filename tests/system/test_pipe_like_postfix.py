"""Lines of pipe(8) run the same commands, with the same input, as Debian's Postfix beside.

Not compared, for ours is different: a command's directory where none is named, which is the
root; the size; what is said of a directory or command that is not there; macros with conditions.
"""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from machine import Machine
from system.comparison import assert_same_lines
from system.dialogue import talk
from system.mailer import Mailer
from system.postfix import start_postfix
from system.settled import await_settled

OUT = "/srv/out"
# Leaves what it was told and given, in a file of its own.
SHOW = rf"""#!/usr/bin/python3
import json, os, sys, tempfile
said = {{"argv": sys.argv[1:], "who": [os.getuid(), os.getgid(), sorted(os.getgroups())],
        "environment": sorted(n for n in os.environ if n not in ("LC_CTYPE", "MAIL_CONFIG")),
        "directory": os.getcwd(), "mail": sys.stdin.buffer.read().decode("latin-1")}}
with tempfile.NamedTemporaryFile("w", dir="{OUT}", suffix=".json", delete=False) as file:
    json.dump(said, file)
"""
_ALL = (
    "$sender $recipient $original_recipient ${user} $(mailbox) $extension $domain $nexthop"
    " $client_address $client_hostname $client_helo $client_protocol $sasl_method $sasl_username"
    " $sasl_sender $envid $$HOME a${sender}b"
)
# What follows ``pipe`` in a line of master.cf, by the transport's name; ``1`` for those that serve
# one recipient at a time.
LINES = {
    "plain": f"user=bob directory=/srv argv={OUT}/show plain {_ALL}",
    "one1": f"user=bob directory=/srv argv={OUT}/show one {_ALL}",
    "folded1": f"flags=hqu user=bob directory=/ argv={OUT}/show folded {_ALL}",
    "quoted": f"flags=q user=bob:mail directory=/ argv={OUT}/show quoted {_ALL}",
    "many1": f"flags=DROhu user=alice directory=/ argv={OUT}/show many $sender $recipient",
    "uucp": f"flags=Fqhu. user=bob directory=/ argv={OUT}/show uucp -r -n -z -a$sender - $nexthop"
    "!rmail ($recipient)",
    "bsmtp": f"flags=F. eol=\\r\\n user=bob directory=/ argv={OUT}/show bsmtp $recipient",
    "quoting": f"flags=BFR> eol=\\012 user=bob directory=/ argv={OUT}/show quoting $recipient",
    "nobody": f"flags=FR null_sender= user=bob directory=/ argv={OUT}/show nobody -f $sender x",
    "named": f"flags=FRq null_sender={{no body}} user=bob directory=/ argv={OUT}/show named"
    " $sender",
    "braces": f"user=bob directory=/ argv={OUT}/show braces {{}} {{ a b }} {{{{x}}}} {{$user}}"
    " {}",
    "small": f"size=300 user=bob directory=/ argv={OUT}/show small $recipient",
    "both": f"flags=D user=bob directory=/ argv={OUT}/show both $recipient",
    "final1": f"flags=X user=bob directory=/ argv={OUT}/show final $recipient",
    "output": "user=bob directory=/ argv=/bin/sh -c {cat >/dev/null; echo done; echo it} $user",
    "later": "user=bob directory=/ argv=/bin/sh -c {cat >/dev/null; echo why; exit 75}",
    "code": "user=bob directory=/ argv=/bin/sh -c {cat >/dev/null; echo 4.2.1 full; exit 1}",
    "returned": "user=bob directory=/ argv=/bin/sh -c {echo 5.2.1 gone; exit 0}",
    "usage": "user=bob directory=/ argv=/bin/sh -c {exit 64}",
    "status": "user=bob directory=/ argv=/bin/sh -c {exit 3}",
    "signal": "user=bob directory=/ argv=/bin/sh -c {kill -9 $$$$}",
}
RECIPIENTS = (
    ("User+Ext@{}.TEST", "plain@{}.test"),
    ('"quo ted+E x"@{}.test',),
    ("-dash@{}.test", "UP+@{}.test"),
    ("$HOME+`id`@{}.test",),
)
SENDERS = ("sender+x@Example.NET", "", '"a b"@example.net', "$HOME`id`@example.net")
TEXT = ("Subject: hello", "", "From here", ".dot", "..", "", "last")
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "mynetworks": "127.0.0.0/8",
    "recipient_delimiter": "+",
    "relay_domains": ", ".join(f"{name}.test" for name in LINES),
    "transport_maps": f"inline:{{{', '.join(f'{name}.test={name}:' for name in LINES)}}}",
    "virtual_alias_maps": "",
    "smtpd_relay_restrictions": "permit_mynetworks, reject",
    "smtpd_recipient_restrictions": "",
    "defer_transports": "",
    "default_transport": "discard",
    "local_transport": "discard",
    "notify_classes": "",
    "allow_min_user": "yes",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
    **{f"{name}_destination_recipient_limit": "1" for name in LINES if name.endswith("1")},
}
OUTCOME = re.compile(r"postfix/pipe: \w+: (to=.*), relay=(\w+), .*(dsn=.*)")

# Of a message as a command got it; lines may end in CRLF.
VARYING = re.compile(
    r"Received: [^;]*;\s*[^\r\n]*|(?<=  )\w{3} \w{3} [ \d]\d [\d:]+ \d+|(?m:^Date: [^\r\n]*)"
    "|<[\\w.]+@mail.example.org>"
)


class Seen(NamedTuple):
    lines: list[str]
    commands: list[str]


def test_every_flag_attribute_and_macro_does_the_same(postfix: Machine, mail: Mailer) -> None:
    mail.machine.sh(f"cat >>/etc/postroom/master.cf <<'END'\n{master()}\nEND")
    mail.set(**PARAMETERS)
    postfix.sh(f"cat >>/etc/postfix/master.cf <<'END'\n{master()}\nEND")
    start_postfix(postfix, PARAMETERS)
    ours, theirs = (deliver(machine) for machine in (mail.machine, postfix))
    for our, their in zip(ours, theirs, strict=True):
        assert len(our) > len(LINES)
        assert_same_lines(our, their)


def master() -> str:
    return "\n".join(f"{name} unix - n n - - pipe\n  {line}" for name, line in LINES.items())


def deliver(machine: Machine) -> Seen:
    machine.sh(f"rm -rf {OUT}; mkdir -p -m 1777 {OUT}")
    machine.write(f"{OUT}/show", SHOW, mode=0o755)
    since = machine.from_now_on()
    for name in LINES:
        submit(machine, name)
    await_settled(machine, 120)
    lines = said(machine.messages(since))
    machine.run("postsuper", "-d", "ALL")
    return Seen(lines, commands(machine))


def submit(machine: Machine, name: str) -> None:
    """A message from each sender to each group of recipients, in one session.

    A nexthop is written as for the first recipient that waits for it, which may be any.
    """
    likened = "TEST" if name.endswith("1") else "test"
    script = "S: 220\nC: EHLO client.example.net\nS: 250\n"
    for sender, recipients in zip(SENDERS, RECIPIENTS, strict=True):
        script += f"C: MAIL FROM:<{sender}> ENVID=id+2B{name}\nS: 250\n"
        script += "".join(
            f"C: RCPT TO:<{each.format(name).replace('TEST', likened)}>\nS: 250\n"
            for each in recipients
        )
        content = "".join(f"C: {'.' * line.startswith('.')}{line}\n" for line in TEXT)
        script += f"C: DATA\nS: 354\n{content}C: .\nS: 250\n"
    talk(machine.connect(), f"{script}C: QUIT\nS: 221\n")


def said(lines: Sequence[str]) -> list[str]:
    found = [" ".join(of.groups()) for line in lines if (of := OUTCOME.search(line))]
    # The end of the last line of a command's output is shown as a space.
    return [line.replace(" )", ")") for line in found]


def commands(machine: Machine) -> list[str]:
    found = []
    for path in machine.sh(f"find {OUT} -name '*.json'").split():
        seen = json.loads(machine.read(path))
        seen["mail"] = VARYING.sub("...", seen["mail"])
        found.append(json.dumps(seen, sort_keys=True))
    return found
