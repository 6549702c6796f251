"""Five thousand addresses in each of twenty configurations become what Postfix makes of them.

Postfix's trivial-rewrite runs beside ours, which is asked in this process. Left alone: nexthops
may differ in case (ours fold them here, Postfix's qmgr does), and see ``Addresses``.
"""

import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from commands.postfix import Postfix
from postroom.config.configuration import load
from postroom.contracts.rewrite import Context
from postroom.explanation.configured import Services
from postroom.lookup.trivial_rewrite.settings import Settings
from rewriting.addresses import Addresses
from rewriting.configurations import CONFIGURATIONS, main_cf
from rewriting.postfix_daemons import Daemons
from rewriting.trivial_rewrites import Ours, Theirs

COUNT = 5000
# Whose mail it is; each sender gets its share of the addresses.
SENDERS = ("", "ann@s.example", "bob+x@s.example", "eve@t.example", "dunno@s.example")
SENDERS += ("bob@mail.example.com", "joe", 'a "b" c@x.example')
# Besides those put in form, so many as they came are resolved: one of each …
AS_THEY_CAME = 50
# Addresses of probes, and a configuration where these go other ways than mail.
PROBED = 1000
OF_PROBES = """\
myhostname = mail.example.com
mydestination = $myhostname, localhost, example.com
relay_domains = relay.example
virtual_mailbox_domains = mailbox.example
relayhost = [gw.example]:587
sender_dependent_relayhost_maps = inline:{ann@s.example=[ann.example], @t.example=[t.example]}
transport_maps = inline:{host.example.com=lmtp:[host]}
address_verify_local_transport = local-probe
address_verify_virtual_transport = virtual-probe:[v.example]
address_verify_relay_transport = relay-probe
address_verify_default_transport = probe
address_verify_relayhost =
address_verify_sender_dependent_relayhost_maps = inline:{ann@s.example=dunno, @t.example=[p]}
address_verify_sender_dependent_default_transport_maps = inline:{bob@s.example=slow:[slow.example]}
address_verify_transport_maps = inline:{x.example=:[x], host.example.com=error:no}
"""
MASTER = Path(__file__).resolve().parents[2] / "conf/master.cf"


@pytest.fixture(scope="session")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Postfix:
    return Postfix(tmp_path_factory.mktemp("postfix"))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_addresses_become_what_postfix_makes_of_them(
    name: str, postfix: Postfix, tmp_path: Path
) -> None:
    addresses = list(Addresses(zlib.crc32(name.encode())).made(COUNT))
    text = main_cf(name, tmp_path)
    ours = Ours(_settings(tmp_path, text))
    with ExitStack() as running:
        daemons = running.enter_context(Daemons(postfix, tmp_path / "postfix", text))
        theirs = Theirs(daemons.start("trivial-rewrite", "private/rewrite"), running)
        differences = _compared(addresses, ours, theirs, remote="remote_header" in text)
    assert not differences, "".join(differences)


def test_probes_go_where_postfix_has_them_go(postfix: Postfix, tmp_path: Path) -> None:
    """And mail does not go there."""
    addresses = list(Addresses(COUNT).made(PROBED))
    ours = Ours(_settings(tmp_path, OF_PROBES))
    rows = []
    with ExitStack() as running:
        daemons = running.enter_context(Daemons(postfix, tmp_path / "postfix", OF_PROBES))
        theirs = Theirs(daemons.start("trivial-rewrite", "private/rewrite"), running)
        asked = theirs.rewritten(Context.LOCAL, addresses)
        for number, sender in enumerate(SENDERS):
            some = asked[number :: len(SENDERS)]
            for probe in (True, False):
                our = ours.resolved(sender, some, probe=probe)
                rows += _rows(some, our, theirs.resolved(sender, some, probe=probe), sender)
            assert our != ours.resolved(sender, some, probe=True)
    assert not rows, "".join(rows)


def _compared(addresses: list[str], ours: Ours, theirs: Theirs, *, remote: bool) -> list[str]:
    in_form = theirs.rewritten(Context.LOCAL, addresses)
    rows = _rows(addresses, ours.rewritten(Context.LOCAL, addresses), in_form)
    if remote:
        found = ours.rewritten(Context.REMOTE, addresses)
        rows += _rows(addresses, found, theirs.rewritten(Context.REMOTE, addresses))
    as_they_came = [one for one in addresses if not one.startswith("@")][::AS_THEY_CAME]
    asked = in_form + as_they_came
    for number, sender in enumerate(SENDERS):
        some = asked[number :: len(SENDERS)]
        rows += _rows(some, ours.resolved(sender, some), theirs.resolved(sender, some), sender)
    return rows


def _settings(directory: Path, text: str) -> Settings:
    (directory / "main.cf").write_text("compatibility_level = 3.10\n" + text)
    (directory / "master.cf").write_bytes(MASTER.read_bytes())
    return Services(load(directory)).settings(Settings, "trivial-rewrite")


def _rows(
    asked: Sequence[str], ours: Sequence[object], theirs: Sequence[object], sender: str = ""
) -> list[str]:
    """The differences, for people to read."""
    rows = zip(asked, ours, theirs, strict=True)
    return [
        f"\n{address!r} {sender}\n  Postroom {our}\n  Postfix  {their}\n"
        for address, our, their in rows
        if our != their
    ]
