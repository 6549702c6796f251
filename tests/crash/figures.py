"""What a crash test counted, for the table at the end."""

from collections.abc import Callable

# Called with what was counted, and the number.
Figures = Callable[[str, object], None]
