"""AUTH in the SMTP server: whether there is somebody to ask, and a way to him."""

from collections.abc import Iterator

from postroom.config.endpoint import BadServer
from postroom.config.judgement.written import written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem
from postroom.config.sasl_socket import sasl_socket


def unreachable_servers(lookup: Lookup) -> Iterator[Problem]:
    for one in written(lookup):
        if one.name != "smtpd_sasl_auth_enable" or lookup.typed(*one[:2]) is not True:
            continue
        kind = lookup.typed("smtpd_sasl_type", one.overrides)
        if kind != "dovecot":
            yield one.error(
                f"smtpd_sasl_type = {kind} is not supported; set it to dovecot, and "
                "smtpd_sasl_path to the socket of Dovecot's auth service"
            )
            continue
        path = lookup.text("smtpd_sasl_path", one.overrides)
        try:
            queue = lookup.text("queue_directory", one.overrides)
            sasl_socket(path, queue, lookup.elements("known_tcp_ports", one.overrides))
        except BadServer as error:
            yield one.error(f"smtpd_sasl_path: {error}")
