"""Turn the text of a command into what execve(2) takes."""

import re

SHELL = "/bin/sh"
_SHELL_NEEDED = re.compile(r"[][|&;<>()$`\\\"'*?~=%\n{}#!^]")


def argv_of(command: str, shell: str = "") -> tuple[str, ...]:
    """A full path with plain words behind it is started without a shell; the rest needs one.

    With a ``shell`` of the admin's (main.cf: local_command_shell), that runs every command.
    """
    if shell:
        return (*shell.split(), command)
    if not command.startswith("/") or _SHELL_NEEDED.search(command):
        return (SHELL, "-c", command)
    return tuple(command.split())
