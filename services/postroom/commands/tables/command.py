"""What postmap(1) and postalias(1) do with their options, and how they end."""

import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from postroom.commands.tables.building import Builder, Parser, standard_input
from postroom.commands.tables.options import Options, Usage, parse
from postroom.commands.tables.queries import Queries
from postroom.tables.index_format import CorruptFile, TooLarge
from postroom.tables.opening import SOCKETMAP
from postroom.tables.table import TableError

_STDIN = "-"


def run(program: str, parser: Parser, arguments: list[str]) -> NoReturn:
    """Exit 0 for success, 1 where a key is not there or anything fails (with the reason)."""
    logging.basicConfig(format=f"{program}: warning: %(message)s", level=logging.WARNING)
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    try:
        options = parse(program, arguments)
        done = _work(options, parser)
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)
    except OSError as error:
        fail(program, f"open {error.filename}: {error.strerror}")
    except (Usage, TableError, CorruptFile, TooLarge) as error:
        fail(program, str(error))
    sys.exit(0 if done else 1)


def fail(program: str, text: str) -> NoReturn:
    sys.stderr.write(f"{program}: fatal: {text}\n")
    sys.exit(1)


def _work(options: Options, parser: Parser) -> bool:
    names = tuple(with_type(name, options.config_directory) for name in options.tables)
    warn = logging.getLogger().warning
    if options.mime and not (options.headers or options.body):
        warn("ignoring -m option without -b or -h")
    if options.query is not None or options.list_all:
        limit = max_reply(names, options.config_directory)
        return _look(Queries.of(names, options, warn, limit), options)
    builder = Builder(options, parser, warn)
    if options.delete is not None:
        keys = _keys(options.delete)
        return sum(builder.delete(name, keys) for name in names) > 0
    # All of it is read before any table is locked: whoever types it may take their time.
    entries = standard_input().read() if options.incremental else ""
    for name in names:
        if options.incremental:
            builder.add(name, entries)
        else:
            builder.build(name)
    return True


def _look(queries: Queries, options: Options) -> bool:
    if options.query == _STDIN:
        return queries.many(standard_input())
    if options.query is not None:
        return queries.one(options.query)
    queries.list_all()
    return True


def _keys(argument: str) -> list[str]:
    if argument != _STDIN:
        return [argument]
    return [line.rstrip("\n") for line in standard_input()]


def with_type(name: str, config_directory: Path | None) -> str:
    """``type:name`` for a name that may lack its type (main.cf: default_database_type).

    main.cf is read only where it is needed: tables can be made before there is one.
    """
    if ":" in name and not name.startswith("/"):
        return name
    return f"{default_type(config_directory)}:{name}"


def default_type(config_directory: Path | None) -> str:
    return str(_of_main_cf("default_database_type", config_directory))


def max_reply(names: Iterable[str], config_directory: Path | None) -> int | None:
    """How much a server of socketmap: may answer, where one is asked; None elsewhere."""
    if not any(f"{SOCKETMAP}:" in name for name in names):
        return None
    limit = _of_main_cf("socketmap_max_reply_size", config_directory)
    return limit if isinstance(limit, int) else None


def _of_main_cf(name: str, config_directory: Path | None) -> object:
    from postroom.config.configuration import load  # noqa: PLC0415
    from postroom.config.problem import ConfigError  # noqa: PLC0415
    from postroom.instance import configuration_directory  # noqa: PLC0415

    directory = config_directory or Path(configuration_directory())
    try:
        return load(directory).typed(name)
    except ConfigError as error:
        raise TableError(str(error)) from None
