"""rmail(8): take a message from a UUCP neighbour, whose uuxqt runs this with the recipients.

The message begins with a line ``From USER DATE remote from HOST`` for each host that it came
through, the nearest first; together they make the sender's path, ``HOST!HOST!USER``. All else is
sendmail's.
"""

import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn

EX_USAGE = 64
_FROM = re.compile(
    rb">?From (?P<user>\S+)(?:\s.*?)??(?:\s(?:remote from|forwarded by)\s+(?P<host>\S+))?\s*"
)


def main() -> NoReturn:
    recipients = sys.argv[1:]
    if not recipients or any(word.startswith("-") for word in recipients):
        sys.stderr.write("rmail: fatal: usage: rmail recipient ...\n")
        sys.exit(EX_USAGE)
    path, first = sender_of(sys.stdin.buffer)
    # It comes from elsewhere (-G), and a period is nothing special in it (-i).
    sendmail = Path(sys.argv[0]).resolve().with_name("sendmail")
    command = [sendmail, "-G", "-i", *(("-f", path) if path else ()), "--", *recipients]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # It has said why.
            process.stdin.write(first)
            shutil.copyfileobj(sys.stdin.buffer, process.stdin)
    sys.exit(process.returncode)


def sender_of(message: IO[bytes]) -> tuple[str, bytes]:
    """The path that the first lines tell, and the line behind them; empty where there is none."""
    hosts, user = b"", b""
    for line in message:
        found = _FROM.fullmatch(line)
        if found is None:
            return (hosts + user).decode("utf-8", "replace"), line
        user = found["user"]
        hosts += found["host"] + b"!" if found["host"] else b""
    return (hosts + user).decode("utf-8", "replace"), b""


if __name__ == "__main__":
    main()
