"""Sizes that do not go together."""

from collections.abc import Iterator

from postroom.config.judgement.written import overrides_of
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity

_MAILBOXES = {"local": "mailbox_size_limit", "virtual": "virtual_mailbox_limit"}


def mailboxes_below_messages(lookup: Lookup) -> Iterator[Problem]:
    """Postfix's agents refuse all mail then; ours send back what is too large for an empty one."""
    for service in lookup.services:
        name = _MAILBOXES.get(service.program)
        if name is None:
            continue
        overrides = overrides_of(service)
        mailbox, message = (lookup.typed(each, overrides) for each in (name, "message_size_limit"))
        assert isinstance(mailbox, int)
        assert isinstance(message, int)
        if mailbox and not 0 < message <= mailbox:
            path, line = lookup.place(name, overrides)
            text = f"{name} is smaller than message_size_limit: the largest messages come back"
            yield Problem(Severity.WARNING, path, line, text)
