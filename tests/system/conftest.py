"""The two hosts of the stories: ``mail`` (mail.example.org) and ``peer`` (mx.example.net).

Both run the package as apt installed it; they are booted once and cleaned between stories.
mail resolves names at its own unbound, peer asks there too.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from machine import Machine, Nameserver, connect
from machine.install import build_package, install_package, sync
from system.mailer import Mailer
from system.provider import RECORDS as PROVIDER_RECORDS
from system.provider import Provider, provider_of

RECORDS = (
    "mail.example.org. A 10.77.0.1",
    "mail.example.org. AAAA fd77::1",
    "example.org. MX 10 mail.example.org.",
    "mx.example.net. A 10.77.0.2",
    "mx.example.net. AAAA fd77::2",
    "example.net. MX 10 mx.example.net.",
    "1.0.77.10.in-addr.arpa. PTR mail.example.org.",
    "2.0.77.10.in-addr.arpa. PTR mx.example.net.",
)

# For developing stories: POSTROOM_KEEP=1 leaves the two running, and the next run finds them.
KEEP = bool(os.environ.get("POSTROOM_KEEP"))


@dataclass(frozen=True)
class Hosts:
    mail: Mailer
    peer: Mailer
    nameserver: Nameserver


@pytest.fixture(scope="session")
def package() -> Path:
    return build_package()


@pytest.fixture(scope="session")
def hosts(package: Path) -> Iterator[Hosts]:
    if KEEP:
        yield _kept_hosts(package)
        return
    with ExitStack() as running:
        mail = running.enter_context(Machine(f"story-mail-{os.getpid()}", "mail.example.org"))
        peer = running.enter_context(Machine(f"story-peer-{os.getpid()}", "mx.example.net"))
        yield _installed(mail, peer, package)


def _kept_hosts(package: Path) -> Hosts:
    try:
        mail, peer = (Machine.running(name) for name in ("story-mail", "story-peer"))
    except ProcessLookupError:
        mail = Machine("story-mail", "mail.example.org", stay=True)
        peer = Machine("story-peer", "mx.example.net", stay=True)
        return _installed(mail, peer, package)
    for machine in (mail, peer):
        machine.sh("cp -a /root/as-installed/* /etc/postroom/")
        sync(machine)
    resolver = Nameserver(mail, RECORDS)
    return Hosts(Mailer(mail, "example.org"), Mailer(peer, "example.net"), resolver)


def _installed(mail: Machine, peer: Machine, package: Path) -> Hosts:
    connect(mail, peer)
    nameserver = Nameserver(mail, RECORDS)
    peer.write("/etc/resolv.conf", "nameserver 10.77.0.1\n")
    for machine, users in ((mail, ("alice", "bob", "carol")), (peer, ("zoe",))):
        for user in users:
            machine.add_user(user)
        install_package(machine, package)
        machine.run("cp", "-a", "/etc/postroom", "/root/as-installed")
    return Hosts(Mailer(mail, "example.org"), Mailer(peer, "example.net"), nameserver)


@pytest.fixture(scope="session")
def postfix_machine() -> Iterator[Machine]:
    """Debian's Postfix, to compare with."""
    with Machine(f"story-postfix-{os.getpid()}", "mail.example.org") as machine:
        Nameserver(machine)
        for user in ("alice", "bob", "carol"):
            machine.add_user(user)
        machine.run("apt-get", "install", "-y", "-q", "postfix", "postfix-pcre")
        machine.run("cp", "-a", "/etc/postfix", "/root/as-installed")
        yield machine


@pytest.fixture
def postfix(postfix_machine: Machine) -> Machine:
    """The same as it was installed, at the beginning of a story, which configures it for itself."""
    machine = postfix_machine
    machine.sh("rm -rf /etc/postfix && cp -a /root/as-installed /etc/postfix")
    # systemd refuses to start it often: short stories follow each other quickly.
    machine.sh("systemctl reset-failed postfix && systemctl restart postfix")
    machine.run("postsuper", "-d", "ALL")
    machine.sh("rm -rf /var/mail/* /home/*/Maildir /home/*/.forward")
    return machine


@pytest.fixture(scope="session")
def provider_machine(hosts: Hosts) -> Iterator[Provider]:
    """smtp.example.net, which only mail can reach."""
    with provider_of(hosts.mail.machine, f"story-provider-{os.getpid()}") as running:
        yield running


@pytest.fixture
def provider(provider_machine: Provider, nameserver: Nameserver) -> Provider:
    """The same at the beginning of a story."""
    nameserver.add(*PROVIDER_RECORDS)
    provider_machine.begin()
    return provider_machine


@pytest.fixture
def mail(hosts: Hosts, request: pytest.FixtureRequest) -> Iterator[Mailer]:
    """mail.example.org, at the beginning of a story; a failed one shows its log."""
    hosts.mail.start_story()
    failed_before = request.session.testsfailed
    yield hosts.mail
    if request.session.testsfailed > failed_before:
        print("\n".join(hosts.mail.log()[-80:]))


@pytest.fixture
def peer(hosts: Hosts) -> Mailer:
    """mx.example.net, at the beginning of a story."""
    hosts.peer.start_story()
    return hosts.peer


@pytest.fixture
def nameserver(hosts: Hosts) -> Iterator[Nameserver]:
    """The resolver of both; records a story adds or removes are put back."""
    before = list(hosts.nameserver.records)
    yield hosts.nameserver
    if hosts.nameserver.records != before:
        hosts.nameserver.records = before
        hosts.nameserver.add()
