"""The source tree as the shape tests see it: modules, their imports, their functions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parents[2]
SOURCE = TOP / "services" / "postroom"
GENERATOR = TOP / "generators" / "postroom_generator"


class Module(NamedTuple):
    """One file below services/ or generators/, by its dotted name."""

    name: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    @property
    def lines(self) -> int:
        return len(self.path.read_text().splitlines())

    def imports(self) -> Iterator[str]:
        """Dotted names of everything this module imports."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (self._target(node.module, alias.name) for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    @staticmethod
    def _target(package: str, name: str) -> str:
        """``from a import b`` names the module a.b if there is one, else a."""
        inner = f"{package}.{name}"
        return inner if inner in _names() else package


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for top in (SOURCE, GENERATOR):
        for path in sorted(top.rglob("*.py")):
            parts = path.relative_to(top.parent).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            found.append(Module(".".join(parts), path))
    return tuple(found)


@cache
def _names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def daemons() -> list[str]:
    """Dotted names, below postroom, of the packages that run as a service."""
    return sorted(
        ".".join(path.parent.relative_to(SOURCE).parts) for path in SOURCE.rglob("__main__.py")
    )
