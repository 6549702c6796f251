"""postconf -e, -# and -X on main.cf."""

from postroom.commands.postconf.options import Options, UsageError, name_value
from postroom.commands.postconf.warnings import warn
from postroom.config import edit
from postroom.config.rewriting import rewrite


def change(options: Options) -> None:
    """Raises UsageError, or OSError where the file cannot be changed."""
    path = options.directory / "main.cf"
    refuse_odd_input(options)
    if options.action == "e":
        values = _values(options.arguments)
        entries = {name: f"{name} = {value}" for name, value in values.items()}
        names = set(entries)
    else:
        entries = {}
        names = set(options.arguments)

    def changed(text: str) -> str:
        present = edit.keys(text, edit.parameter_key)
        for name in sorted(one for one in names if present.count(one) > 1):
            warn(f'{path}: multiple entries for "{name}"')
        if options.action == "e":
            return edit.replace(text, entries, edit.parameter_key)
        act = edit.comment_out if options.action == "#" else edit.remove
        return act(text, names, edit.parameter_key)

    rewrite(path, changed)


def refuse_odd_input(options: Options) -> None:
    """What would not come back as the one entry it is meant to be."""
    for argument in options.arguments:
        if "\n" in argument:
            raise UsageError("-e, -X, or -# accepts no multi-line input")
        if argument.lstrip().startswith("#"):
            raise UsageError("-e, -X, or -# accepts no comment input")
        if options.action != "e" and "=" in argument:
            raise UsageError(f"-{options.action} requires names without value")


def _values(arguments: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for argument in arguments:
        name, value = name_value(argument)
        if name in values:
            warn(f"ignoring earlier request: '{name} = {values[name]}'")
        values[name] = value
    return values
