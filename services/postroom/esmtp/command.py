"""Commands of an SMTP client as values.

RFC 5321 section 4.1, RFC 1985 (ETRN), RFC 3030 (BDAT), RFC 3207 (STARTTLS), RFC 3461 (DSN),
RFC 4954 (AUTH), XCLIENT_README, XFORWARD_README.
"""

from typing import ClassVar, Literal

from msgspec import Struct, structs

from postroom.mail.envelope import Notify


class Command(Struct, frozen=True):
    """One command line that is correct by itself.

    ``ends_group``: the client has to wait for the reply (RFC 2920 section 3.1).
    """

    verb: ClassVar[str] = "UNKNOWN"
    ends_group: ClassVar[bool] = False


class Helo(Command, frozen=True):
    verb: ClassVar[str] = "HELO"
    ends_group: ClassVar[bool] = True
    name: str


class Ehlo(Helo, frozen=True):
    verb: ClassVar[str] = "EHLO"


class StartTls(Command, frozen=True):
    verb: ClassVar[str] = "STARTTLS"
    ends_group: ClassVar[bool] = True


class Auth(Command, frozen=True):
    """``initial`` is what should be base64; None where the client waits for a challenge."""

    verb: ClassVar[str] = "AUTH"
    ends_group: ClassVar[bool] = True
    mechanism: str
    initial: str | None = None


class Xclient(Command, frozen=True):
    """Who the client is to be taken for. What is None was not said; a name or address may be
    ``unknown``, a port 0, a text empty. ``…_unsure``: the name may be known later."""

    verb: ClassVar[str] = "XCLIENT"
    name: str | None = None
    name_unsure: bool = False
    reverse_name: str | None = None
    reverse_name_unsure: bool = False
    address: str | None = None
    port: int | None = None
    protocol: Literal["SMTP", "ESMTP", None] = None
    helo: str | None = None
    login: str | None = None
    local_address: str | None = None
    local_port: int | None = None


class Xforward(Command, frozen=True):
    """Where the client has the next message from; of what is None it said nothing.

    ``ident`` is what the message was called there, ``source`` LOCAL or REMOTE.
    """

    verb: ClassVar[str] = "XFORWARD"
    name: str | None = None
    address: str | None = None
    port: int | None = None
    protocol: str | None = None
    helo: str | None = None
    ident: str | None = None
    source: Literal["LOCAL", "REMOTE", "", None] = None

    def over(self, earlier: "Xforward | None") -> "Xforward":
        """Both together: several commands may tell of one message."""
        if earlier is None:
            return self
        said = {name: value for name, value in structs.asdict(self).items() if value is not None}
        return structs.replace(earlier, **said)


class Mail(Command, frozen=True):
    """``size`` 0 means not told; ``envid`` and ``auth`` are decoded; ``verp`` are delimiters of
    variable return paths (mail.verp), empty where none are asked for."""

    verb: ClassVar[str] = "MAIL"
    sender: str
    size: int = 0
    body: Literal["", "7BIT", "8BITMIME"] = ""
    smtputf8: bool = False
    ret: Literal["", "FULL", "HDRS"] = ""
    envid: str = ""
    auth: str = ""
    verp: str = ""


class Rcpt(Command, frozen=True):
    """``orcpt`` is ``type;address``, decoded."""

    verb: ClassVar[str] = "RCPT"
    recipient: str
    notify: tuple[Notify, ...] = ()
    orcpt: str = ""


class Data(Command, frozen=True):
    verb: ClassVar[str] = "DATA"
    ends_group: ClassVar[bool] = True


class Bdat(Command, frozen=True):
    """``size`` octets follow at once, whatever the reply will be."""

    verb: ClassVar[str] = "BDAT"
    size: int
    last: bool


class Rset(Command, frozen=True):
    verb: ClassVar[str] = "RSET"


class Noop(Command, frozen=True):
    verb: ClassVar[str] = "NOOP"
    ends_group: ClassVar[bool] = True


class Vrfy(Command, frozen=True):
    """``asked`` is the address as the client wrote it."""

    verb: ClassVar[str] = "VRFY"
    ends_group: ClassVar[bool] = True
    address: str
    asked: str
    smtputf8: bool = False


class Etrn(Command, frozen=True):
    verb: ClassVar[str] = "ETRN"
    ends_group: ClassVar[bool] = True
    site: str


class Help(Command, frozen=True):
    verb: ClassVar[str] = "HELP"


class Quit(Command, frozen=True):
    verb: ClassVar[str] = "QUIT"


class Unknown(Command, frozen=True):
    """No command of ours; ``word`` is what stood in its place, ``line`` all of it."""

    word: str
    line: str
