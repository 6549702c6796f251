"""What cannot be done with content."""

from collections.abc import Iterator
from typing import Final

from postroom.config.judgement.written import overrides_of
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity

_CONVERT: Final = "force_mime_input_conversion"
_NO_MIME: Final = "disable_mime_input_processing"


def conversion_without_mime(lookup: Lookup) -> Iterator[Problem]:
    """Parts that are not looked for cannot be converted; Postfix's cleanup refuses to start."""
    for service in lookup.services:
        overrides = overrides_of(service)
        if service.program == "cleanup" and all(
            lookup.typed(name, overrides) for name in (_CONVERT, _NO_MIME)
        ):
            path, line = lookup.place(_CONVERT, overrides)
            text = f"do not specify both {_NO_MIME}=yes and {_CONVERT}=yes"
            yield Problem(Severity.ERROR, path, line, text)
