"""SASL mechanisms from the client's side, without I/O (RFC 4422)."""

import hmac
from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

# smtp_sasl_security_options: what a mechanism may be asked not to allow.
NO_PLAINTEXT = "noplaintext"
NO_ANONYMOUS = "noanonymous"


class Login(NamedTuple):
    """Who we are at one server."""

    user: str
    password: str


class BadChallenge(Exception):
    """The server says what the mechanism has no answer to."""


class Mechanism(ABC):
    """One dialogue; ``meets`` are the security options that it satisfies."""

    name: ClassVar[str]
    meets: ClassVar[frozenset[str]] = frozenset((NO_ANONYMOUS,))

    def __init__(self, login: Login) -> None:
        self._login = login

    def initial(self) -> bytes | None:
        """What goes with the AUTH command, if the client speaks first."""
        return None

    @abstractmethod
    def respond(self, challenge: bytes) -> bytes:
        """Raises BadChallenge."""


class CramMd5(Mechanism):
    """RFC 2195: proves to know the password without saying it."""

    name = "CRAM-MD5"
    meets = frozenset((NO_ANONYMOUS, NO_PLAINTEXT))

    def respond(self, challenge: bytes) -> bytes:
        digest = hmac.new(self._login.password.encode(), challenge, "md5").hexdigest()
        return f"{self._login.user} {digest}".encode()


class Plain(Mechanism):
    """RFC 4616."""

    name = "PLAIN"

    def initial(self) -> bytes:
        return f"\0{self._login.user}\0{self._login.password}".encode()

    def respond(self, challenge: bytes) -> bytes:
        raise BadChallenge


class LoginMechanism(Mechanism):
    """draft-murchison-sasl-login: two questions, whatever their words."""

    name = "LOGIN"

    def __init__(self, login: Login) -> None:
        super().__init__(login)
        self._answers = [login.password, login.user]

    def respond(self, challenge: bytes) -> bytes:
        if not self._answers:
            raise BadChallenge
        return self._answers.pop().encode()


class XOAuth2(Mechanism):
    """Google's and Microsoft's: the password is an access token."""

    name = "XOAUTH2"

    def initial(self) -> bytes:
        return f"user={self._login.user}\x01auth=Bearer {self._login.password}\x01\x01".encode()

    def respond(self, challenge: bytes) -> bytes:
        """The challenge says what was wrong; an empty answer brings the refusal."""
        return b""


# The best first: a password that needs not be said, then the one that takes fewer round trips.
MECHANISMS: tuple[type[Mechanism], ...] = (CramMd5, Plain, LoginMechanism, XOAuth2)
