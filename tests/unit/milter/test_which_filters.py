"""Which filters a client has: those of main.cf, those of a table, or none."""

from pathlib import Path

import pytest
from msgspec import structs

from postroom.contracts.milter import Open, Rejected
from postroom.ipc.contract import Unavailable
from unit.milter.scene import CLIENT, OPEN, Scene, play
from unit.milter.scripted_filter import ScriptedFilter


def test_a_table_may_name_other_filters_for_a_client(tmp_path: Path) -> None:
    other = f"unix:{tmp_path}/other, {{ unix:{tmp_path}/nobody, default_action=accept }}"

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        async with ScriptedFilter(tmp_path / "other", {b"C": (b"r",)}) as there:
            question = structs.replace(OPEN, filters=other)
            assert await scene.ask(question) == Rejected(550, "5.7.1", "Command rejected")
            assert (one.sessions, there.sessions) == (0, 1)

    lines = play(tmp_path, {}, story).journal.lines
    away = "No such file or directory"
    assert lines == [f"warning: connect to Milter service unix:{tmp_path}/nobody: {away}"]


@pytest.mark.parametrize("text", ["foo:bar", "{inet:x:1", "{inet:127.0.0.1:1, protocol=9}", "{}"])
def test_a_table_that_names_no_filter_puts_its_clients_off(tmp_path: Path, text: str) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        refused = Rejected(451, "4.3.5", "Server configuration problem - try again later")
        assert await scene.ask(structs.replace(OPEN, filters=text)) == refused

    (line,) = play(tmp_path, {}, story).journal.lines
    assert line.startswith(f"warning: smtpd_milter_maps: {text}: ")


def test_a_service_without_filters_is_not_answered(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        with pytest.raises(Unavailable):
            await scene.ask(Open("smtpd/other", CLIENT, "", "OK", ""))

    play(tmp_path, {}, story)
