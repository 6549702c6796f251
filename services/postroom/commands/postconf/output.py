"""How values are printed: one line each, runs of whitespace as one space, folded on demand."""

from typing import TextIO

import msgspec

from postroom.commands.postconf.options import Options
from postroom.config.logical_lines import words
from postroom.config.master_text import INDENT, LINE_LIMIT


def print_setting(out: TextIO, options: Options, name: str, value: str) -> None:
    """``name = value``, or one of both."""
    if options.has("h"):
        print_words(out, options, value)
    elif options.has("H"):
        out.write(f"{name}\n")
    else:
        print_words(out, options, f"{name} = {value}")


def print_words(out: TextIO, options: Options, text: str) -> None:
    found = words(text)
    if not options.has("f"):
        out.write(" ".join(found) + "\n")
        return
    column = 0
    for word in found:
        if column and column + len(word) < LINE_LIMIT:
            out.write(" ")
            column += 1
        elif column:
            out.write(f"\n{INDENT}")
            column = len(INDENT)
        out.write(word)
        column += len(word)
    out.write("\n")


def print_object(out: TextIO, **members: str) -> None:
    """A line of JSON, as of every listing for programs (-j); runs of whitespace as above."""
    plain = {name: " ".join(words(text)) for name, text in members.items()}
    out.write(msgspec.json.encode(plain).decode() + "\n")
