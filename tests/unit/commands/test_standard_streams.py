"""A command whose caller has closed its standard streams reads nothing and prints to nobody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shape.tree import TOP

CODE = f"""
import sys; sys.path.insert(0, {str(TOP / "services")!r})
import os
from postroom.commands.standard_streams import open_missing
open_missing()
with open(sys.argv[1], "w") as file:
    print(file.fileno() > 2, repr(sys.stdin.read()), file=file)
    print(*(os.readlink(f"/proc/self/fd/{{fd}}") == "/dev/null" for fd in range(3)), file=file)
sys.stdout.write("out")
sys.stdout.flush()
sys.stderr.write("err\\n")
sys.stderr.flush()
os.execv("/bin/cat", ["cat"])
"""


@pytest.mark.parametrize("closed", [(), (0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_what_is_closed_becomes_dev_null_and_the_rest_stays(
    closed: tuple[int, ...], tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    run = subprocess.run(
        [sys.executable, "-ISc", CODE, seen],
        input="in",
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: [os.close(descriptor) for descriptor in closed] and None,
    )
    own_file, null = seen.read_text().splitlines()
    assert own_file == f"True {'' if 0 in closed else 'in'!r}"
    assert null == " ".join(str(descriptor in closed) for descriptor in range(3))
    assert run.stdout == ("" if 1 in closed else "out")
    assert run.stderr == ("" if 2 in closed else "err\n")
