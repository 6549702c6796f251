"""Restrictions about who logged in, and about TLS and what a client has shown in it."""

from collections.abc import Awaitable, Callable
from functools import wraps

from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Verdict, refused

_Judge = Callable[[Request], Awaitable[Verdict]]


def _where_one_can_log_in(judge: _Judge) -> _Judge:
    """Where nobody can log in, nobody is refused because he did not, as in Postfix."""

    @wraps(judge)
    async def judged(request: Request) -> Verdict:
        if request.settings.smtpd_sasl_auth_enable:
            return await judge(request)
        name = judge.__name__
        request.resources.log.warning(f"restriction `{name}' ignored: no SASL support")
        return DUNNO

    return judged


async def reject_sender_login_mismatch(request: Request) -> Verdict:
    """Both of the next two."""
    verdict = await reject_authenticated_sender_login_mismatch(request)
    if verdict is not DUNNO:
        return verdict
    return await reject_unauthenticated_sender_login_mismatch(request)


@_where_one_can_log_in
async def reject_authenticated_sender_login_mismatch(request: Request) -> Verdict:
    """Who logged in may use his own addresses alone."""
    return await _owned(request, unlisted_is_free=False)


@_where_one_can_log_in
async def reject_known_sender_login_mismatch(request: Request) -> Verdict:
    """As before, but an address that smtpd_sender_login_maps does not list is everybody's."""
    return await _owned(request, unlisted_is_free=True)


@_where_one_can_log_in
async def reject_unauthenticated_sender_login_mismatch(request: Request) -> Verdict:
    """An address that has an owner may not be used by who did not log in."""
    if not request.sender or request.client.sasl_username or not await _owners(request):
        return DUNNO
    return _rejected(request, "not logged in")


async def reject_plaintext_session(request: Request) -> Verdict:
    if request.session.secured is not None:
        return DUNNO
    code = request.settings.plaintext_reject_code
    return refused(code, "5.7.1", "Session encryption is required")


async def permit_tls_all_clientcerts(request: Request) -> Verdict:
    """A certificate that an authority of ours signed."""
    secured = request.session.secured
    return PERMIT if secured is not None and secured.certificate is not None else DUNNO


async def permit_tls_clientcerts(request: Request) -> Verdict:
    """A certificate, or its key, whose fingerprint is in relay_clientcerts."""
    secured = request.session.secured
    if secured is None or secured.certificate is None:
        return DUNNO
    for fingerprint in secured.certificate.fingerprints:
        tables = request.settings.relay_clientcerts
        if await request.resources.tables.find_first(tables, fingerprint) is not None:
            return PERMIT
    return DUNNO


async def _owned(request: Request, *, unlisted_is_free: bool) -> Verdict:
    user = request.client.sasl_username
    if not request.sender or not user:
        return DUNNO
    owners = await _owners(request)
    if not owners and unlisted_is_free:
        return DUNNO
    if user.lower() in map(str.lower, owners):
        return DUNNO
    return _rejected(request, f"not owned by user {user}")


async def _owners(request: Request) -> tuple[str, ...]:
    """The names, parted by commas or blanks, that smtpd_sender_login_maps has for the sender."""
    settings = request.settings
    found = await request.resources.tables.find_address(
        settings.smtpd_sender_login_maps,
        request.sender or "",
        settings.extensions,
        local=False,
    )
    return tuple((found or "").replace(",", " ").split())


def _rejected(request: Request, why: str) -> Verdict:
    text = f"<{request.sender}>: {Subject.SENDER.value} rejected: {why}"
    return refused(553, "5.7.1", text)
