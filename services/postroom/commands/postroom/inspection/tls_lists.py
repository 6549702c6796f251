"""Lists of TLS versions and grades of ciphers that mean nothing: TLS would be off."""

import re
from collections.abc import Iterator

from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem
from postroom.tls.ciphers import GRADES
from postroom.tls.versions import BadVersions, allowed_versions

_VERSIONS = re.compile(r"\w+_tls_(?:mandatory_)?protocols")
_GRADE = re.compile(r"\w+_tls_(?:mandatory_)?ciphers")


def misunderstood(lookup: Lookup) -> Iterator[Problem]:
    for one in written(lookup):
        text = lookup.text(one.name, one.overrides)
        if _VERSIONS.fullmatch(one.name):
            try:
                allowed_versions(text)
            except BadVersions as error:
                yield one.error(str(error))
        elif _GRADE.fullmatch(one.name) and text.lower() not in GRADES:
            yield one.error(f'"{text}" is none of {", ".join(GRADES)}')
