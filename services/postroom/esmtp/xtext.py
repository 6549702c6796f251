"""xtext: text in an SMTP parameter (RFC 3461 section 4)."""

import re

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_CODE = re.compile(r"\+([0-9A-F]{2})")


def decode_xtext(text: str) -> str:
    """What ``text`` stands for; ValueError if it is no xtext, or hides an unprintable."""
    if not _XTEXT.fullmatch(text):
        raise ValueError("no xtext")
    plain = _CODE.sub(lambda code: chr(int(code[1], 16)), text)
    if not plain.isascii() or not plain.isprintable():
        raise ValueError("unprintable character in xtext")
    return plain
