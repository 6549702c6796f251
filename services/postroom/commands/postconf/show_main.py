"""Parameters of main.cf, as they are set or by default."""

import os
from collections.abc import Iterable, Mapping
from typing import TextIO

from postroom.commands.postconf.options import Options
from postroom.commands.postconf.output import print_object, print_setting
from postroom.commands.postconf.reading import refuse_malformed
from postroom.commands.postconf.warnings import warn_of_names, warn_of_references, warn_of_unknown
from postroom.config.configuration import Configuration
from postroom.config.expansion import expand
from postroom.config.main_cf import Assignment
from postroom.config.names import READ_ONLY, Names
from postroom.config.parameters import PARAMETERS, declaration


def show(configuration: Configuration, options: Options, out: TextIO) -> None:
    """Print what is asked for; warn about the rest on the standard error stream."""
    configuration = _with(configuration, options.overrides)
    names = Names(configuration)
    if not options.has("d"):
        warn_of_references(names)
        refuse_malformed(configuration, names)
    view = _View(configuration, options, names)
    for name in _selected(options, names):
        if name in names.known or name in names.legacy:
            view.print(out, name)
        else:
            warn_of_unknown(name, names)
    out.flush()
    if not options.has("d") and not options.has("q"):
        warn_of_names(names, configuration.main.path, configuration.master.path)


def _with(configuration: Configuration, overrides: Mapping[str, str]) -> Configuration:
    """What main.cf would say with these settings in it."""
    main = configuration.main
    assignments = {name: Assignment(name, value, 0) for name, value in overrides.items()}
    main = main._replace(assignments={**main.assignments, **assignments})
    return Configuration(configuration.directory, main, configuration.master)


class _View:
    """Values in the form that the options ask for."""

    def __init__(self, configuration: Configuration, options: Options, names: Names) -> None:
        self._configuration = configuration
        self._options = options
        self._names = names
        self._facts = {"process_name": "postconf", "process_id": str(os.getpid())}

    def print(self, out: TextIO, name: str) -> None:
        # Postfix counts config_directory as set: by the command line, the environment or the build.
        is_set = name in self._configuration.main.assignments or name == "config_directory"
        if not self._options.has("n") or (is_set and name not in READ_ONLY):
            self._print(out, name, self._value(name))

    def _print(self, out: TextIO, name: str, value: str) -> None:
        if self._options.has("j"):
            print_object(out, name=name, value=value)
        else:
            print_setting(out, self._options, name, value)

    def _value(self, name: str) -> str:
        if self._options.has("d") and name == "config_directory":
            return PARAMETERS[name].default
        raw = self._raw(name) or ""
        parameter = declaration(name)
        if not self._options.has("x") or (parameter and not parameter.kind.expanded):
            return raw
        return expand(raw, lambda inner: self._raw(inner) or "")

    def _raw(self, name: str) -> str | None:
        if name in self._facts:
            return self._facts[name]
        if name in READ_ONLY or not self._names.is_defined(name):
            return None
        return self._configuration.raw(name)


def _selected(options: Options, names: Names) -> Iterable[str]:
    """The parameters asked for by name, or those of the classes asked for."""
    if options.arguments:
        return options.arguments
    by_class = {
        "all": names.known,
        "builtin": names.builtin,
        "service": names.of_services,
        "user": names.own,
    }
    return sorted(frozenset[str]().union(*(by_class[one] for one in options.classes)))
