"""Whoever runs a command reads what its log gets."""

import pytest

from memory_journal import MemoryJournal
from postroom.maillog.postlog import ScriptLog
from postroom.maillog.postsuper import PostsuperLog


def test_each_line_of_the_log_is_on_the_standard_error_stream(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal = MemoryJournal()
    ScriptLog(journal, speaker="script").error("no such thing")
    assert journal.lines == ["error: no such thing"]
    assert capsys.readouterr().err == "script: error: no such thing\n"


def test_a_terminal_gets_nothing_that_it_would_act_on(capsys: pytest.CaptureFixture[str]) -> None:
    PostsuperLog(MemoryJournal()).invalid("\x1b[2J\n")
    assert capsys.readouterr().err == "postsuper: warning: invalid mail queue id: ?[2J?\n"


def test_where_a_requeued_message_came_from_is_for_the_log_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal = MemoryJournal()
    PostsuperLog(journal).origin("NEW", 0, "joe@a.example", "OLD")
    assert journal.lines == ["NEW: uid=0 from=<joe@a.example> orig_id=OLD"]
    assert not capsys.readouterr().err
