"""The parameters of main.cf that smtp reads."""

from msgspec import field

from postroom.delivery.client.rules import Rules, read_from


@read_from("smtp_")
class Settings(Rules, frozen=True, kw_only=True):
    """The rules, and what LMTP has not."""

    allow_srv_lookup_fallback: bool
    always_send_ehlo: bool = field(name="smtp_always_send_ehlo")
    best_mx_transport: str
    ignore_srv_lookup_error: bool
    never_send_ehlo: bool = field(name="smtp_never_send_ehlo")
    tls_dane_insecure_mx_policy: str = field(name="smtp_tls_dane_insecure_mx_policy")
    use_srv_lookup: tuple[str, ...]
