"""Socket ``postdrop``: any program on the machine submits a message, through sendmail(1).

The caller may be anybody and may lie; only the uid that the kernel tells is believed. The
caller may believe an answer that starts with ``2``: the message survives a crash.

sendmail is started for every mail that cron writes, so this module needs nothing that takes
long to import. Both directions are netstrings: a request is one with the ``Request`` in it,
then the content in pieces, then an empty one (an end of file without it is a killed sendmail,
and nothing is kept); the answer is one with an enhanced status code, a space and a text. Before
it comes LET_IN, as soon as somebody reads: a caller who has not seen it when the connection ends
may call again, and no message will be there twice.

With ``submission_mode = maildrop`` sendmail leaves the same bytes in a file of the open maildrop,
and says POKE in the place of a request: pickup is to look there.
"""

# One frame of the request: envelope with thousands of recipients, or a piece of content.
MAX_NETSTRING = 4 * 1024 * 1024
PIECE = 65_536
POKE = b""
LET_IN = b"0:,"
# The status codes (RFC 3463) of answers that sendmail treats in a way of its own: the user may
# send nothing at all; the message is larger than main.cf allows.
NO_SUBMITTER = "5.7.0"
TOO_BIG = "5.3.4"


class Malformed(Exception):
    """The peer does not speak this protocol."""


class Request:
    """What the options of sendmail(1) say about a message.

    ``sender`` None means the calling user; ``extract`` takes recipients from the header (-t);
    ``trace`` is envelope.UserTrace (-bv, -v), ``verp`` envelope.VerpDelimiters (-XV). A message
    from a ``gateway`` (-G) is not one that a user of ours begins. A plain class, for NamedTuple's
    module loads longer than all of this.
    """

    def __init__(
        self,
        *,
        sender: str | None = None,
        full_name: str = "",
        recipients: tuple[str, ...] = (),
        extract: bool = False,
        notify: str = "",
        ret: str = "",
        envid: str = "",
        body: str = "",
        trace: str = "",
        gateway: bool = False,
        verp: str = "",
    ) -> None:
        self.sender = sender
        self.full_name = full_name
        self.recipients = recipients
        self.extract = extract
        self.notify = notify
        self.ret = ret
        self.envid = envid
        self.body = body
        self.trace = trace
        self.gateway = gateway
        self.verp = verp

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Request) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.recipients)

    def encode(self) -> bytes:
        """The request as one netstring of netstrings ``name=value``."""
        fields = [f"recipient={recipient}" for recipient in self.recipients]
        if self.sender is not None:
            fields.append(f"sender={self.sender}")
        fields += [f"{name}=yes" for name in _FLAGS if getattr(self, name)]
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value:
                fields.append(f"{name}={value}")
        return netstring(b"".join(netstring(text.encode()) for text in fields))


_FLAGS = ("extract", "gateway")
_OPTIONAL = ("full_name", "notify", "ret", "envid", "body", "trace", "verp")
_TEXT_FIELDS = frozenset(("sender", *_OPTIONAL))


def decode_request(data: bytes) -> Request:
    """The inverse of ``Request.encode``; raises Malformed for anything else."""
    texts: dict[str, str] = {}
    recipients: list[str] = []
    flags: set[str] = set()
    for name, value in _fields(data):
        if name == "recipient":
            recipients.append(value)
        elif name in _FLAGS:
            flags.add(name)
        elif name in _TEXT_FIELDS and name not in texts:
            texts[name] = value
        else:
            raise Malformed("an unknown or repeated field")
    return Request(
        recipients=tuple(recipients),
        extract="extract" in flags,
        gateway="gateway" in flags,
        **texts,
    )


def _fields(data: bytes) -> list[tuple[str, str]]:
    fields = []
    position = 0
    while position < len(data):
        field, position = _split_netstring(data, position)
        try:
            name, separator, value = field.decode().partition("=")
        except UnicodeDecodeError:
            raise Malformed("text that is not UTF-8") from None
        if not separator or any(character < " " or character == "\x7f" for character in value):
            raise Malformed("control characters in a field")
        fields.append((name, value))
    return fields


def netstring(data: bytes) -> bytes:
    return b"%d:%b," % (len(data), data)


def _split_netstring(data: bytes, start: int) -> tuple[bytes, int]:
    colon = data.find(b":", start, start + 9)
    digits = data[start:colon]
    if colon < 0 or not digits.isdigit():
        raise Malformed("no netstring")
    end = colon + 1 + int(digits)
    if data[end : end + 1] != b",":
        raise Malformed("a netstring of another length")
    return data[colon + 1 : end], end + 1
