"""Parameters that still act and will not in a later Postfix, and what to write in their place.

Those that Postfix 3.10 warns of (DEPRECATION_README), in its words.
"""

from collections.abc import Mapping

_AT_DEFAULT = "do not specify (leave at default)"


def _use(successor: str) -> str:
    return f'specify "{successor}"'


_INSTEAD: Mapping[str, str] = {
    "disable_dns_lookups": _use("smtp_dns_support_level"),
    "lmtp_enforce_tls": "lmtp_tls_security_level",
    "lmtp_tls_per_site": _use("lmtp_tls_policy_maps"),
    "lmtp_use_tls": _use("lmtp_tls_security_level"),
    "postscreen_enforce_tls": _use("postscreen_tls_security_level"),
    "postscreen_use_tls": _use("postscreen_tls_security_level"),
    "smtp_enforce_tls": _use("smtp_tls_security_level"),
    "smtp_tls_per_site": _use("smtp_tls_policy_maps"),
    "smtp_use_tls": _use("smtp_tls_security_level"),
    "smtpd_enforce_tls": _use("smtpd_tls_security_level"),
    "smtpd_tls_dh1024_param_file": _AT_DEFAULT,
    "smtpd_tls_eecdh_grade": _AT_DEFAULT,
    "smtpd_use_tls": _use("smtpd_tls_security_level"),
    "tlsproxy_client_enforce_tls": _use("tlsproxy_client_security_level"),
    "tlsproxy_client_per_site": _use("tlsproxy_client_policy_maps"),
    "tlsproxy_client_use_tls": _use("tlsproxy_client_security_level"),
    "tlsproxy_enforce_tls": _use("tlsproxy_tls_security_level"),
    "tlsproxy_use_tls": _use("tlsproxy_tls_security_level"),
}

DEPRECATED = frozenset(_INSTEAD)


def advice(name: str) -> str:
    """What to say of a deprecated name that is set."""
    return f'support for parameter "{name}" will be removed; instead, {_INSTEAD[name]}'
