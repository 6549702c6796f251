"""From the command line to what is shown or changed."""

import sys
from pathlib import Path

from postroom.commands.postconf import (
    edit_main,
    edit_master,
    lists,
    show_main,
    show_master,
    show_templates,
    tls,
)
from postroom.commands.postconf.options import TEMPLATES, TLS, Options, UsageError, parse
from postroom.commands.postconf.warnings import warn, warn_of_problems
from postroom.config.configuration import Configuration, load
from postroom.config.expansion import ExpansionError
from postroom.config.main_cf import MainCf, load_main_cf
from postroom.config.master_cf import MasterCf, load_master_cf
from postroom.config.problem import ConfigError


def main() -> int:
    """Exit code: 0, or 1 with the reason on the standard error stream."""
    try:
        _run(parse(sys.argv[1:]))
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        return 1
    except ExpansionError as error:
        warn(str(error))
        return _fatal("macro processing error")
    except (UsageError, ConfigError, OSError) as error:
        return _fatal(str(error))
    return 0


def _run(options: Options) -> None:
    if options.subject == TLS:
        tls.show(options.mode, sys.stdout)
    elif options.subject in lists.LISTS:
        sys.stdout.writelines(f"{name}\n" for name in lists.LISTS[options.subject]())
    elif options.subject and options.subject in TEMPLATES:
        show_templates.show(_configuration(options), options, sys.stdout)
    elif options.action and not options.subject:
        edit_main.change(options)
    elif options.action:
        edit_master.change(options)
    elif options.subject:
        configuration = load(options.directory)
        warn_of_problems(configuration.main.problems)
        show_master.show(configuration, options, sys.stdout)
    else:
        show_main.show(_configuration(options), options, sys.stdout)
    sys.stdout.flush()


def _configuration(options: Options) -> Configuration:
    """Defaults need no main.cf, and main.cf can be shown without a master.cf."""
    main = MainCf(options.directory / "main.cf", {}, ())
    if not options.has("d"):
        main = load_main_cf(main.path)
        warn_of_problems(main.problems)
    return Configuration(options.directory, main, _master(options.directory / "master.cf"))


def _master(path: Path) -> MasterCf:
    if path.exists():
        return load_master_cf(path)
    warn(f"{path}: No such file or directory")
    return MasterCf(path, (), ())


def _fatal(text: str) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"postconf: fatal: {text}\n")
    return 1
