"""The parameters that a daemon reads, from the source of its settings: nothing is imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

from postroom.config.parameter import Parameter
from postroom.config.parameters import PARAMETERS

SETTINGS = "Settings"


def parameters_of(daemon: Path, services: Path) -> list[Parameter]:
    """In the order of their names; what else a daemon is told is no parameter."""
    names = set(_fields(daemon / "settings.py", SETTINGS, services))
    found = (PARAMETERS[name] for name in sorted(names & PARAMETERS.keys()))
    return [parameter for parameter in found if parameter.acts]


def _fields(source: Path, name: str, services: Path, prefix: str = "") -> Iterator[str]:
    """Of a class and of those that it is made from, wherever they are; the class itself leaves a
    ``prefix`` out."""
    if not source.is_file():
        return  # it is none of ours
    tree = ast.parse(source.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            yield from (prefix + field for field in _own_fields(node))
            for base in node.bases:
                if isinstance(base, ast.Name):
                    home = _home(tree, base.id, source, services)
                    yield from _fields(home, base.id, services, _left_out(node))


def _own_fields(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield _renamed(statement.value) or statement.target.id


def _left_out(node: ast.ClassDef) -> str:
    """By the class that this one is made from: the word in ``@read_from("smtp_")``."""
    words = (
        word for call in node.decorator_list if isinstance(call, ast.Call) for word in call.args
    )
    return next((str(word.value) for word in words if isinstance(word, ast.Constant)), "")


def _renamed(value: ast.expr | None) -> str:
    """The name in ``field(name="2bounce_notice_recipient")``."""
    keywords = value.keywords if isinstance(value, ast.Call) else []
    names = (one.value for one in keywords if one.arg == "name")
    return next((str(one.value) for one in names if isinstance(one, ast.Constant)), "")


def _home(tree: ast.Module, name: str, source: Path, services: Path) -> Path:
    """The file that a class is imported from, or the one it is used in."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names):
            return services / f"{(node.module or '').replace('.', '/')}.py"
    return source
