"""The parameters of main.cf that lmtp reads."""

from msgspec import field

from postroom.delivery.client.rules import Rules, read_from


@read_from("lmtp_")
class Settings(Rules, frozen=True, kw_only=True):
    """The rules, some named for LHLO; and what SMTP has not."""

    lmtp: bool = True
    assume_final: bool = field(name="lmtp_assume_final")
    discard_ehlo_keyword_address_maps: tuple[str, ...] = field(
        name="lmtp_discard_lhlo_keyword_address_maps"
    )
    discard_ehlo_keywords: tuple[str, ...] = field(name="lmtp_discard_lhlo_keywords")
    helo_name: str = field(name="lmtp_lhlo_name")
    helo_timeout: float = field(name="lmtp_lhlo_timeout")
    queue_directory: str
