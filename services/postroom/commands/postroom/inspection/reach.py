"""Commands of pipe(8) and spawn(8) that ask other hosts, which their services may not reach."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from postroom.config.judgement.privileges import commands
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity
from postroom_generator.names import unit_name

# Where an admin's drop-ins are (systemctl edit).
DROP_INS = Path("/etc/systemd/system")
_GRANT = "IPAddressAllow="
_ASK_OTHERS = frozenset(
    (
        *("curl", "ftp", "nc", "ncat", "netcat", "rsync", "scp", "ssh", "telnet", "wget"),
        *("dccproc", "pyzor", "razor-check", "spamassassin", "uucico"),
    )
)


def too_short(lookup: Lookup) -> Iterator[Problem]:
    """Notes, with what to do about it (master.cf(5), UNITS)."""
    for service, command in commands(lookup):
        program = PurePosixPath(command.argv[0]).name
        unit = f"{unit_name(lookup.instance, service.program, service.name)}.service"
        if program in _ASK_OTHERS and not _is_granted(unit):
            text = (
                f"{service.name}: {program} may need other hosts, and reaches none but this: "
                f"IPAddressAllow=any in a drop-in lets it (systemctl edit {unit})"
            )
            yield Problem(Severity.NOTE, lookup.master.path, service.line, text)


def _is_granted(unit: str) -> bool:
    """For this service, or for all of its program."""
    template = f"{unit.partition('@')[0]}@.service" if "@" in unit else unit
    directories = {DROP_INS / f"{name}.d" for name in (unit, template)}
    drop_ins = [path for each in directories for path in each.glob("*.conf")]
    return any(_GRANT in path.read_text("utf-8", "replace") for path in drop_ins)
