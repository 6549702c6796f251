"""postlog logs its words, or the lines it reads, under the name and with the weight asked for."""

import io
import sys

import pytest

from postroom.commands import postlog
from postroom.maillog.postlog import ScriptLog
from postroom.systemd.journal import Priority


class Records(list[tuple[Priority, str]]):
    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        self.append((priority, message))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, Records]:
    """What was logged, by name."""
    logs: dict[str, Records] = {}

    def named(name: str, facility: str, speaker: str) -> ScriptLog:
        assert facility == "mail"
        return ScriptLog(logs.setdefault(name, Records()), speaker=speaker)

    monkeypatch.setattr(ScriptLog, "named", named)
    monkeypatch.setattr(postlog, "unreadable", lambda directory: "")
    monkeypatch.setattr(postlog, "_REST_SECONDS", 0.0)
    return logs


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, text: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["postlog", *arguments])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    with pytest.raises(SystemExit) as ended:
        postlog.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(
    ("priority", "record"),
    [
        ("info", (Priority.INFO, "a b")),
        ("warn", (Priority.WARNING, "warning: a b")),
        ("error", (Priority.ERROR, "error: a b")),
        ("fatal", (Priority.CRITICAL, "fatal: a b")),
        ("panic", (Priority.CRITICAL, "panic: a b")),
    ],
)
def test_words_are_one_record_of_the_priority_asked_for(
    said: dict[str, Records],
    monkeypatch: pytest.MonkeyPatch,
    priority: str,
    record: tuple[Priority, str],
) -> None:
    assert run(monkeypatch, "-p", priority, "a", "b") == 0
    assert said == {"postfix/postlog": [record]}


def test_without_words_each_line_is_a_record(
    said: dict[str, Records], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, "-t", "script", text="one\n\ntwo words") == 0
    assert [text for _, text in said["script"]] == ["one", "", "two words"]


def test_what_it_does_not_know_is_an_error(
    said: dict[str, Records],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, "-p", "nonsense", "a") == 1
    complaint = 'fatal: bad severity: "nonsense"'
    assert capsys.readouterr().err == f"postfix/postlog: {complaint}\n"
    assert said["postfix/postlog"] == [(Priority.CRITICAL, complaint)]
