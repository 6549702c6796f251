"""What is freed without the garbage collector: memory that is used again while it is in the
processor's cache."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def only_refcounts() -> Iterator[None]:
    """No garbage is collected meanwhile."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def alive(*kinds: type) -> list[object]:
    """The objects of those kinds, garbage among them."""
    return [one for one in gc.get_objects() if isinstance(one, kinds)]
