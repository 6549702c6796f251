"""The parameters of AUTH that smtpd reads (SASL_README)."""

from postroom.reception.smtpd.tls_settings import TlsSettings


class SaslSettings(TlsSettings, frozen=True, kw_only=True):
    """Whether clients may log in, who is asked about them, and by what means; on top of TLS."""

    smtpd_sasl_auth_enable: bool
    smtpd_sasl_path: str
    smtpd_sasl_service: str
    smtpd_sasl_security_options: tuple[str, ...]
    smtpd_sasl_tls_security_options: tuple[str, ...]
    smtpd_sasl_mechanism_filter: tuple[str, ...]
    smtpd_sasl_exceptions_networks: tuple[str, ...]
    smtpd_sasl_response_limit: int
    broken_sasl_auth_clients: bool
    smtpd_sender_login_maps: tuple[str, ...]
