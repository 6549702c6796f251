"""Imports point down: who may know of whom."""

import pytest

from shape.tree import Module, daemons, modules

# What a package of the tree may import of ours, beside itself.
VALUES = {"instance", "mail", "systemd", "config", "ipc"}
LAYERS: dict[str, set[str]] = {
    "instance": set(),
    "mail": set(),
    "systemd": {"instance"},
    "config": {"instance", "systemd"},
    "ipc": set(),
    "esmtp": {"mail"},
    "spool": {"mail"},
    "contracts": {"mail", "ipc"},
    "tables": {"config", "contracts", "instance", "ipc", "systemd"},
    "rewriting": {"mail", "tables"},
    "maillog": {"mail", "systemd"},
    "inspection": {"mail", "tables"},
    "tls": set(),
}
SHARED = VALUES | set(LAYERS)
STAGES = ("reception", "milter", "cleanup", "queue", "delivery", "bounce", "lookup")


def allowed(module: Module, target: str) -> bool:
    if module.name.startswith("postroom_generator"):
        # A program's settings are the one thing of a daemon that others read: they fill them.
        return target.partition(".")[0] in {"config", "instance"} or target.endswith("settings")
    package = module.name.removeprefix("postroom.").split(".")[0]
    target_package = target.split(".", maxsplit=1)[0]
    if package in LAYERS:
        return target_package == package or target_package in LAYERS[package]
    if target_package in SHARED or target_package == "":
        return True
    if package in STAGES:
        return target_package == package and not _in_other_daemon(module, target)
    if package == "explanation":
        # All daemons but in one process: it joins what each of them has made of itself.
        return target_package != "commands"
    return package == "commands" and target_package in {"commands", "explanation"}


def _in_other_daemon(module: Module, target: str) -> bool:
    home = _daemon_of(module.name.removeprefix("postroom."))
    other = _daemon_of(target)
    return other is not None and other != home


def _daemon_of(name: str) -> str | None:
    owners = [daemon for daemon in daemons() if (name + ".").startswith(daemon + ".")]
    return max(owners, key=len, default=None)


def our_imports(module: Module) -> list[str]:
    return [
        name.removeprefix("postroom.") for name in module.imports() if name.startswith("postroom.")
    ]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_imports_only_what_is_below_it(module: Module) -> None:
    wrong = [target for target in our_imports(module) if not allowed(module, target)]
    assert wrong == []


def test_no_imports_go_round_in_a_circle() -> None:
    edges = {
        module.name: [
            f"postroom.{target}"
            for target in our_imports(module)
            if f"postroom.{target}" != module.name
        ]
        for module in modules()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path, name))
        if name in done:
            return
        for target in edges.get(name, ()):
            visit(target, (*path, name))
        done.add(name)

    for name in edges:
        visit(name, ())


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("jinja2", ("postroom_generator",)),
        ("dns", ("postroom.lookup.dns",)),
        ("aiosmtpd", ("postroom.reception.smtpd",)),
        ("sdnotify", ("postroom.systemd",)),
        ("systemd", ("postroom.systemd",)),
        ("subprocess", ("postroom.commands", "postroom.delivery.command")),
        ("pickle", ()),
        ("marshal", ()),
        ("shelve", ()),
    ],
)
def test_a_library_is_used_where_it_belongs_and_nowhere_else(
    library: str, owners: tuple[str, ...]
) -> None:
    users = [
        module.name
        for module in modules()
        if any(name == library or name.startswith(f"{library}.") for name in module.imports())
    ]
    assert [user for user in users if not user.startswith(owners or ("none",))] == []
