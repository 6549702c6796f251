"""One template: what the header of a report says, and its text before the recipients."""

import re
from typing import Final, NamedTuple

US_ASCII: Final = "us-ascii"

_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:(.*)")
_FIELDS: Final = {
    "charset": "charset",
    "from": "sender",
    "subject": "subject",
    "postmaster-subject": "postmaster_subject",
}


class BadTemplate(ValueError):
    """A template that cannot be used, and why."""


class Template(NamedTuple):
    """``name`` is failure, delay, success or verify; ``postmaster_subject`` is empty where no
    copies are made; ``text`` has its ``$names``."""

    name: str
    charset: str
    sender: str
    subject: str
    postmaster_subject: str
    text: str

    def __str__(self) -> str:
        """As it would stand in a file."""
        head = f"Charset: {self.charset}\nFrom: {self.sender}\nSubject: {self.subject}\n"
        if self.postmaster_subject:
            head += f"Postmaster-Subject: {self.postmaster_subject}\n"
        return f"{self.name}_template = <<EOF\n{head}\n{self.text}EOF\n"


def read_template(source: str, builtin: Template) -> Template:
    """The template that ``source`` makes of the built-in one; raises BadTemplate."""
    lines = source.removesuffix("\n").split("\n")
    template = builtin
    at = 0
    while at < len(lines) and (header := _HEADER.fullmatch(lines[at])):
        template = _with_header(template, header[1], header[2].strip(" \t"))
        at += 1
    text = "".join(f"{line}\n" for line in lines[at:]).lstrip("\n")
    if not text:
        raise BadTemplate(f"missing message text in {builtin.name} template")
    if "\r" in text or "\0" in text:
        # Neither may stand within a line of mail (RFC 5321 section 2.3.8).
        raise BadTemplate(f"control character in {builtin.name} template")
    if template.charset.lower() == US_ASCII and not text.isascii():
        raise BadTemplate(
            f"8-bit message text in {builtin.name} template: its Charset has to be another than "
            f"{US_ASCII}"
        )
    return template._replace(text=text)


def _with_header(template: Template, label: str, value: str) -> Template:
    where = f"in {template.name} template"
    field = _FIELDS.get(label.lower())
    if field is None:
        raise BadTemplate(f'unknown "{label}" header label {where}')
    if field == "postmaster_subject" and not template.postmaster_subject:
        raise BadTemplate(f'inapplicable "{label}" header label {where}')
    if not value:
        raise BadTemplate(f'empty "{label}" header value {where}')
    if not value.isascii() or not value.isprintable():
        raise BadTemplate(f'non-ASCII "{label}" header value {where}')
    return template._replace(**{field: value})
