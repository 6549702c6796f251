"""Macros that filters are told."""

from postroom.mail.envelope import Client
from postroom.milter.macros import Macros


def test_a_filter_hears_of_tls_and_of_the_login() -> None:
    macros = Macros({})
    tls = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
    macros.know_session(Client(sasl_method="PLAIN", sasl_username="joe", tls=tls))
    names = ("{auth_authen}", "auth_type", "{tls_version}", "{cipher}", "{cipher_bits}")
    assert macros.of(names) == {
        "{auth_authen}": "joe",
        "{auth_type}": "PLAIN",
        "{tls_version}": "TLSv1.3",
        "{cipher}": "TLS_AES_256_GCM_SHA384",
        "{cipher_bits}": "256",
    }


def test_a_session_in_clear_has_none_of_them() -> None:
    macros = Macros({})
    macros.know_session(Client())
    assert macros.of(("{tls_version}", "{cipher}", "{auth_authen}")) == {}
