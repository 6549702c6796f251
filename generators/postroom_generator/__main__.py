"""``python3 -I -B -m postroom_generator CONFIG_DIRECTORY UNIT_DIRECTORY [TEMPLATES]``.

Nothing is written for a further instance that the first one's main.cf does not name. Exits 0 with
notes on the standard error, or 1 with the one line that says what is wrong.
"""

import gc
import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    # Before anything is imported: it ends before there is anything worth collecting.
    gc.disable()
    import_module("postroom_generator.generation").main(*map(Path, sys.argv[1:]))
