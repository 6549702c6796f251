"""Parameters of main.cf, as they are set or by default."""

import os
from collections.abc import Iterable
from typing import TextIO

from postroom.commands.postconf.options import Options
from postroom.commands.postconf.output import print_setting
from postroom.commands.postconf.warnings import warn_of_names, warn_of_unknown
from postroom.config.configuration import Configuration
from postroom.config.expansion import expand
from postroom.config.main_cf import MainCf
from postroom.config.names import Names
from postroom.config.parameters import PARAMETERS, declaration


def show(configuration: Configuration, options: Options, out: TextIO) -> None:
    """Print what is asked for; warn about the rest on the standard error stream."""
    names = Names(configuration)
    if options.has("d"):
        configuration = _without_main(configuration)
        names = Names(configuration)
    view = _View(configuration, options)
    for name in _selected(options, names):
        if name in names.known:
            view.print(out, name)
        else:
            warn_of_unknown(name, names)
    out.flush()
    if not options.has("d"):
        warn_of_names(names, configuration.main.path, configuration.master.path)


class _View:
    """Values in the form that the options ask for."""

    def __init__(self, configuration: Configuration, options: Options) -> None:
        self._configuration = configuration
        self._options = options
        self._overrides = {
            "process_name": "postconf",
            "process_id": str(os.getpid()),
            **options.overrides,
        }

    def print(self, out: TextIO, name: str) -> None:
        # Postfix counts config_directory as set: by the command line, the environment or the build.
        is_set = name in self._configuration.main.assignments or name == "config_directory"
        if is_set or not self._options.has("n"):
            print_setting(out, self._options, name, self._value(name))

    def _value(self, name: str) -> str:
        if self._options.has("d") and name == "config_directory":
            return PARAMETERS[name].default
        raw = self._raw(name) or ""
        parameter = declaration(name)
        if not self._options.has("x") or (parameter and not parameter.kind.expanded):
            return raw
        return expand(raw, self._raw)

    def _raw(self, name: str) -> str | None:
        return self._configuration.raw(name, self._overrides)


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


def _without_main(configuration: Configuration) -> Configuration:
    """The same services with nothing set in main.cf."""
    main = MainCf(configuration.main.path, {}, ())
    return Configuration(configuration.directory, main, configuration.master)
