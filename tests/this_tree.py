"""This tree's generator, in place of the installed one."""

import sys

from shape.tree import TOP

_SCRIPT = (
    "import runpy, sys\n"
    f"sys.path[:0] = {[str(TOP / 'services'), str(TOP / 'generators')]!r}\n"
    f"sys.argv.append({str(TOP / 'units')!r})\n"
    "runpy.run_module('postroom_generator', run_name='__main__')\n"
)
GENERATOR = (sys.executable, "-B", "-c", _SCRIPT)
