"""``python3 -I -B -m postroom_generator.compile``: once, when the package is installed.

Compiling its templates would be a third of the generator's time at every daemon-reload.
"""

from postroom_generator.render import compile_all

if __name__ == "__main__":
    compile_all()
