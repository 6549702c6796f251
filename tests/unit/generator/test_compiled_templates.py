"""Templates are compiled once; what was kept never outlives their text."""

from pathlib import Path

import pytest
from jinja2 import Environment

from postroom_generator import render
from postroom_generator.unit import Unit

UNIT = Unit("postroom-smtpd.service", "smtpd.service.j2", {"program": "smtpd"})
OTHER = Unit("postroom-dns.service", "dns.service.j2", {"program": "dns"})


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    kept, templates = tmp_path / "cache", tmp_path / "units"
    kept.mkdir()
    templates.mkdir()
    for unit in (UNIT, OTHER):
        (templates / unit.template).write_text("ExecStart=/usr/bin/{{ program }}\n")
    monkeypatch.setattr(render, "COMPILED", kept)
    return templates


def _text(templates: Path, unit: Unit = UNIT) -> str:
    return render.render([unit], templates)[unit.name]


def test_what_was_compiled_is_not_compiled_again(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render.compile_all(templates, render.COMPILED)
    monkeypatch.delattr(Environment, "compile")
    assert _text(templates) == "ExecStart=/usr/bin/smtpd\n"
    assert _text(templates, OTHER) == "ExecStart=/usr/bin/dns\n"


def test_a_changed_template_is_read_again(templates: Path) -> None:
    render.compile_all(templates, render.COMPILED)
    (templates / UNIT.template).write_text("ExecStart=/usr/sbin/{{ program }}\n")
    assert _text(templates) == "ExecStart=/usr/sbin/smtpd\n"


def test_a_torn_file_is_passed_over(templates: Path) -> None:
    render.compile_all(templates, render.COMPILED)
    for path in render.COMPILED.iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    assert _text(templates) == "ExecStart=/usr/bin/smtpd\n"


def test_nothing_needs_to_be_kept(templates: Path) -> None:
    render.COMPILED.rmdir()
    assert _text(templates) == "ExecStart=/usr/bin/smtpd\n"
    assert not render.COMPILED.exists()
