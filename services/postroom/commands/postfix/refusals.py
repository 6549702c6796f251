"""What postfix(1) does in Postfix and not here, and what to do instead."""

from collections.abc import Mapping

from postroom.maillog.postfix_script import PostfixScriptLog

_BY_OTHERS = "make keys and certificates with openssl(1) or an ACME client"

REASONS: Mapping[str, str] = {
    "start-fg": "systemd runs every component by itself; use 'postfix start'",
    "logrotate": "the mail log is in the journal, which journald rotates",
}
"""By command."""

_TLS: Mapping[str, str] = {
    "enable-client": "use 'postconf -e smtp_tls_security_level=may'",
    "enable-server": "use 'postconf -e smtpd_tls_security_level=may smtpd_tls_chain_files=FILE'",
    "new-server-key": _BY_OTHERS,
    "new-server-cert": _BY_OTHERS,
    "deploy-server-cert": "use 'postconf -e smtpd_tls_chain_files=FILE'",
    "output-server-csr": _BY_OTHERS,
    "output-server-tlsa": "use openssl(1), or a tool for TLSA records",
    "all-default-client": "see 'postconf -n | grep ^smtp_tls'",
    "all-default-server": "see 'postconf -n | grep ^smtpd_tls'",
}
_POST_INSTALL = "the package manager installs and upgrades what 'post-install' would"

SUBCOMMANDS = frozenset(("tls", "post-install"))
"""Commands whose first argument says what they are to do."""


def refuse_subcommand(name: str, arguments: list[str], log: PostfixScriptLog) -> int:
    """Say why not; the value is the exit code."""
    word = arguments[0] if arguments else ""
    if name == "post-install":
        log.not_offered(" ".join((name, *arguments)), _POST_INSTALL)
    elif word in _TLS:
        log.not_offered(f"{name} {word}", _TLS[word])
    else:
        log.unknown_tls_command(word, ", ".join(list(_TLS)[1:]))
    return 1
