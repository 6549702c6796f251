"""virtual(8)'s tables lead to the same mailboxes as with Debian's Postfix in a machine beside.

Not compared, for ours is stricter: entries with ``..`` in them; nor what is said of the very step
at which a mailbox could not be written to.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from machine import Machine
from system.comparison import assert_same_lines
from system.mailer import Mailer
from system.postfix import start_postfix
from system.settled import await_settled

BASE = "/srv/vmail"
TABLES = {
    "boxes": """\
zoe@boxes.test      boxes.test/zoe/
Max@boxes.test      boxes.test/max
ext+x@boxes.test    boxes.test/ext-x/
ext@boxes.test      boxes.test/ext/
rooted@boxes.test   /boxes.test/rooted
new@boxes.test      boxes.test/new/below/here/
file@boxes.test     boxes.test/new-file/below/here
"a b"@boxes.test    boxes.test/quoted
nouid@boxes.test    boxes.test/nouid
nogid@boxes.test    boxes.test/nogid
small@boxes.test    boxes.test/small
word@boxes.test     boxes.test/word
minus@boxes.test    boxes.test/minus
zero@boxes.test     boxes.test/zero
alien@boxes.test    boxes.test/alien
aliens@boxes.test   boxes.test/aliens/
linked@boxes.test   boxes.test/linked
links@boxes.test    boxes.test/links
odd@boxes.test      boxes.test/odd
pipe@boxes.test     boxes.test/pipe
big@boxes.test      boxes.test/big
shut@boxes.test     shut/shut
@all.test           all.test/everybody/
known@all.test      all.test/known
""",
    "uids": """\
nogid@boxes.test    5000
small@boxes.test    99
word@boxes.test     five
minus@boxes.test    -5
zero@boxes.test     0
@all.test           5001
zoe@boxes.test      5000
@boxes.test         5000
""",
    "gids": """\
nogid@boxes.test    0
@boxes.test         5000
@all.test           5001
""",
}
NAMES = (
    *("zoe", "ZOE", "max", "zoe+x", "ext", "ext+x", "EXT+X", "ext+y", "rooted", "new", "file"),
    *('"a b"', "nouid", "nogid", "small", "word", "minus", "zero", "alien", "aliens", "linked"),
    *("links", "odd", "pipe", "big", "shut", "nosuch", "zoe+", "+x"),
)
EVERYBODY = (
    *(f"{name}@boxes.test" for name in NAMES),
    *("known@All.Test", "known+x@all.test", "any@all.test", "any+x@all.test"),
)
PREPARE = f"""
mkdir -p {BASE}; cd {BASE}; rm -rf *; mkdir -p boxes.test/aliens all.test shut; cd boxes.test
for n in alien linked links-to odd big; do echo >$n; done
ln -s links-to links; ln linked linked-too; mkfifo pipe; rm odd; mkdir odd
head -c 5900 /dev/zero >big
chown -Rh 5000:5000 {BASE}/boxes.test; chown -R 5001:5001 {BASE}/all.test; chown root alien aliens
"""
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "inet_interfaces": "loopback-only",
    "recipient_delimiter": "+",
    "local_transport": "discard",
    "default_transport": "discard",
    "message_size_limit": "5000",
    "virtual_mailbox_domains": "boxes.test, all.test",
    "virtual_mailbox_base": BASE,
    "virtual_mailbox_maps": "hash:/etc/boxes",
    "virtual_uid_maps": "hash:/etc/uids",
    "virtual_gid_maps": "hash:/etc/gids",
    "virtual_mailbox_limit": "6000",
    "virtual_minimum_uid": "100",
    "virtual_alias_maps": "",
    "virtual_delivery_status_filter": "",
    "strict_mailbox_ownership": "yes",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
    "enable_original_recipient": "yes",
}
SETTINGS: Sequence[Mapping[str, str]] = (
    {},
    {
        "strict_mailbox_ownership": "no",
        "enable_original_recipient": "no",
        "virtual_mailbox_base": "/srv",
        "virtual_mailbox_maps": "regexp:/etc/patterns",
        "virtual_minimum_uid": "5001",
        "virtual_delivery_status_filter": r"regexp:{{/^5\.1\.1 unknown user: .zoe/ 4.0.0 later}}",
    },
    {"virtual_uid_maps": "static:5000", "virtual_gid_maps": "static:5000"},
    {"virtual_uid_maps": "fail:gone"},
    {"virtual_mailbox_maps": "fail:gone"},
    {"virtual_mailbox_limit": "0"},
)
PATTERNS = """\
/^zoe@/ vmail/boxes.test/zoe
/^known@all/ vmail/all.test/
/alien@/ vmail/alien
/^(max)@/ vmail/$1
"""
SENDER = r"""
while read -r name; do
    printf 'Subject: %s\n\nhello\nFrom there\n%0300d\n' "$name" 0 |
        sendmail -f me@example.net -- "$name"
done
"""
# Lines of messages that are looked at (grep(1)).
SHOWN = r"^From .*  \|^[RXD][^ ]*: \|^>"
DELIVERED = re.compile(r"postfix/virtual: \w+: (to=<.*>), .*(dsn=.*)")


class Found(NamedTuple):
    """The mail log, and what lies where."""

    lines: list[str]
    files: list[str]


@pytest.mark.parametrize("setting", SETTINGS)
def test_mail_ends_in_the_same_mailboxes(
    postfix: Machine, mail: Mailer, setting: Mapping[str, str]
) -> None:
    parameters = PARAMETERS | setting
    for machine in (postfix, mail.machine):
        machine.write("/etc/patterns", PATTERNS)
        for name, text in TABLES.items():
            machine.write(f"/etc/{name}", text)
            machine.run("postmap", f"/etc/{name}")
    mail.set(**parameters)
    start_postfix(postfix, parameters)
    ours, theirs = (deliver(machine) for machine in (mail.machine, postfix))
    for our, their in zip(ours, theirs, strict=True):
        assert our
        assert_same_lines(our, their)


def deliver(machine: Machine) -> Found:
    machine.sh(PREPARE)
    since = machine.from_now_on()
    machine.run("sh", "-c", SENDER, text="".join(f"{name}\n" for name in EVERYBODY))
    await_settled(machine)
    found = (DELIVERED.search(line) for line in machine.messages(since))
    lines = [re.sub(r"(failed[^:]*):.*", r"\1", " ".join(of.groups())) for of in found if of]
    machine.run("postsuper", "-d", "ALL")
    return Found(lines, files(machine))


def files(machine: Machine) -> list[str]:
    listed = machine.sh(f"find {BASE} -mindepth 1 -printf '%y %m %U:%G %s %P\\n'").splitlines()
    # A directory's size is its file system's affair, a message's depends on our names in it.
    plain = (re.sub(r"(?<=/new/)[^/]*$", "*", line) for line in listed)
    texts = machine.sh(f"find {BASE} -type f -exec cat {{}} + | grep -a '{SHOWN}' || true")
    return [
        *(re.sub(r"^(\S+ \S+ \S+) \d+", r"\1", line) for line in plain),
        *(re.sub(r"  \w{3} .*|^Received: .*|^Date: .*", "", line) for line in texts.splitlines()),
    ]
