"""A file is one idea and a function a few lines: the budget of the whole tree."""

import ast
from statistics import median

from shape.tree import Module, modules


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: from the signature on, without the docstring."""
    last = function.end_lineno or function.lineno
    length = last - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def _share_within(values: list[int], limit: int) -> float:
    return sum(value <= limit for value in values) / len(values)


def test_files_are_short() -> None:
    lengths = {module.name: module.lines for module in modules()}
    assert [name for name, length in lengths.items() if length > 600] == []
    assert median(lengths.values()) <= 150
    assert _share_within(list(lengths.values()), 400) >= 0.9


def test_functions_are_shorter() -> None:
    lengths = {
        f"{module.name}.{function.name}": _length(function)
        for module in modules()
        for function in module.functions()
    }
    assert [name for name, length in lengths.items() if length > 70] == []
    assert median(lengths.values()) <= 10
    assert _share_within(list(lengths.values()), 35) >= 0.9


def test_no_file_is_a_shelf_for_what_has_no_home() -> None:
    shelves = {"utils", "util", "common", "helpers", "helper", "misc", "base", "lib", "global"}
    assert [module.name for module in modules() if shelves & set(module.name.split("."))] == []


def _undocumented(module: Module) -> bool:
    return ast.get_docstring(module.tree) is None and bool(module.path.read_text().strip())


def test_every_file_says_what_it_is_for() -> None:
    assert [module.name for module in modules() if _undocumented(module)] == []
