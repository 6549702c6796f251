"""xtext: text in an SMTP parameter (RFC 3461 section 4)."""

import re

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_CODE = re.compile(r"\+([0-9A-F]{2})")


def decode_xtext(text: str, *, utf8: bool = False) -> str:
    """What ``text`` stands for; ValueError if it is no xtext, or hides an unprintable. It may
    stand for UTF-8 where an address may be beyond ASCII (RFC 6533 section 3)."""
    if not _XTEXT.fullmatch(text):
        raise ValueError("no xtext")
    plain = _CODE.sub(lambda code: chr(int(code[1], 16)), text)
    if utf8:
        plain = plain.encode("latin-1").decode()
    if not (utf8 or plain.isascii()) or not plain.isprintable():
        raise ValueError("unprintable character in xtext")
    return plain
