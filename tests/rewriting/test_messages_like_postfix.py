"""Whole messages get the envelope and the header from our cleanup that Postfix's gives them."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from commands.postfix import Postfix
from memory_journal import MemoryJournal
from postroom.cleanup.settings import Settings as CleanupSettings
from postroom.config.configuration import load
from postroom.explanation.configured import Services
from postroom.lookup.trivial_rewrite.__main__ import answers_of
from postroom.lookup.trivial_rewrite.settings import Settings as RewriteSettings
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from rewriting.cleanups import Theirs, ours
from rewriting.configurations import PLAIN
from rewriting.messages import Messages
from rewriting.postfix_daemons import Daemons

COUNT = 100
MASTER = Path(__file__).resolve().parents[2] / "conf/master.cf"
CANONICAL = """\
canonical_maps = inline:{{old@example.com = New.User@else.example} {info = info@example.com}
    {@alias.example = @else.example} {bob@example.com = bob@sub.example.com}}
sender_canonical_maps = inline:{joe=Joe.Doe@example.com}
recipient_canonical_maps = inline:{joe=joebox@example.com}
"""
MASQUERADE = "masquerade_domains = !open.masq.example, Masq.example, $mydomain\n"
ALIASES = """\
virtual_alias_maps = inline:{{list@example.com = joe, bob@else.example, list@example.com}
    {joe@example.com = box@mail.example.com} {@alias.example = @masq.example}
    {info@masq.example = old, info@masq.example} {bob@else.example = bob+x@sub.example.com}}
"""
CONFIGURATIONS = {
    "plain": "",
    "canonical": CANONICAL,
    "classes": CANONICAL
    + "canonical_classes = header_sender\nsender_canonical_classes = envelope_sender\n"
    + "recipient_canonical_classes = header_recipient\n",
    "extensions": CANONICAL + ALIASES + "propagate_unmatched_extensions =\n",
    "patterns": r"canonical_maps = regexp:{{/^(.*)@host\.example\.com$$/ $${1}.host@example.com}}"
    "\n",
    "masquerade": MASQUERADE,
    "masquerade with exceptions": MASQUERADE
    + "masquerade_exceptions = joe, !info, inline:{bob=1}\n"
    + "masquerade_classes = envelope_recipient, header_recipient\n",
    "aliases": ALIASES,
    "copies": ALIASES
    + "always_bcc = archive\nsender_bcc_maps = inline:{bob=copy@else.example, joe=x}\n"
    + "recipient_bcc_maps = inline:{@else.example=list@example.com, info=y@host}\n",
    "strangers' headers": "remote_header_rewrite_domain = domain.invalid\n",
    "all": CANONICAL
    + MASQUERADE
    + ALIASES
    + "remote_header_rewrite_domain = domain.invalid\n"
    + "always_add_missing_headers = yes\n",
}


@pytest.fixture(scope="session")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Postfix:
    return Postfix(tmp_path_factory.mktemp("postfix"))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_messages_become_what_postfix_makes_of_them(
    name: str, postfix: Postfix, tmp_path: Path
) -> None:
    text = PLAIN + CONFIGURATIONS[name]
    (tmp_path / "main.cf").write_text("compatibility_level = 3.10\n" + text)
    (tmp_path / "master.cf").write_bytes(MASTER.read_bytes())
    services = Services(load(tmp_path))
    rewrite = services.settings(RewriteSettings, "trivial-rewrite")
    answers = answers_of(rewrite, TrivialRewriteLog(MemoryJournal()))
    samples = Messages(len(name)).made(COUNT)
    found = asyncio.run(ours(services.settings(CleanupSettings, "cleanup"), answers, samples))
    with ExitStack() as running:
        daemons = running.enter_context(Daemons(postfix, tmp_path / "postfix", text))
        theirs = Theirs(daemons, running)
        expected = [theirs.taken(sample) for sample in samples]
    rows = [
        f"\n{sample}\n  Postroom {one}\n  Postfix  {other}\n"
        for sample, one, other in zip(samples, found, expected, strict=True)
        if one != other
    ]
    assert not rows, "".join(rows)
