"""Parameters of our authentication to servers, for SMTP and LMTP."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    cache,
    days,
    patterns,
    tables,
    text,
    words,
    yes_no,
)
from postroom.config.parameters.any_client import of_each_client

OWN = Accepted("The clients have their own mechanisms, and these need no plug-ins.")

PARAMETERS = of_each_client(
    cache(
        "client_sasl_auth_cache_name",
        "",
        Acts("Where it names any, a refused password is not tried again; kept in memory."),
    ),
    days(
        "client_sasl_auth_cache_time",
        "90d",
        Acts("How long a refused password is not tried again."),
    ),
    yes_no("client_sasl_auth_enable", "no", Acts("Authenticate to servers.")),
    yes_no(
        "client_sasl_auth_soft_bounce",
        "yes",
        Acts("Try mail later where the server did not take our password."),
    ),
    patterns(
        "client_sasl_mechanism_filter",
        "",
        Acts("The mechanisms that a server is heard to offer."),
    ),
    tables(
        "client_sasl_password_maps",
        "",
        Acts("Our user:password by server or destination; only root need be able to read it."),
    ),
    text(
        "client_sasl_password_result_delimiter",
        ":",
        Acts("What separates user and password."),
    ),
    text("client_sasl_path", "", OWN),
    words(
        "client_sasl_security_options",
        "noplaintext, noanonymous",
        Acts("What a mechanism must not allow: noplaintext, noanonymous and so on."),
    ),
    words(
        "client_sasl_tls_security_options",
        "$client_sasl_security_options",
        Acts("client_sasl_security_options where the connection has TLS."),
    ),
    words(
        "client_sasl_tls_verified_security_options",
        "$client_sasl_tls_security_options",
        Acts("client_sasl_security_options where the server has proved its name."),
    ),
    text("client_sasl_type", "cyrus", OWN),
    yes_no(
        "client_sender_dependent_authentication",
        "no",
        Acts("Look for our password by the sender of the mail, too."),
    ),
)
