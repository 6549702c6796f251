"""What is declared once for smtp(8) and lmtp(8), each of which has its own value of it."""

from postroom.config.parameter import Parameter, Status

ANY_CLIENT = "client_"
CLIENTS = ("lmtp_", "smtp_")


def of_each_client(*declared: Parameter) -> tuple[Parameter, ...]:
    """``client_…`` under its two names, in defaults and texts, too."""
    return tuple(_of(client, parameter) for client in CLIENTS for parameter in declared)


def _of(client: str, parameter: Parameter) -> Parameter:
    return parameter._replace(
        name=parameter.name.replace(ANY_CLIENT, client),
        default=parameter.default.replace(ANY_CLIENT, client),
        status=_status_of(client, parameter.status),
    )


def _status_of(client: str, status: Status) -> Status:
    said, *rest = status
    return type(status)(said.replace(ANY_CLIENT, client), *rest)
