"""The parameters of main.cf that bounce reads, and the templates they name."""

from msgspec import Struct, field


class Template(Struct, frozen=True, kw_only=True):
    """bounce(5), with its names expanded; ``postmaster_subject`` is empty where there is none."""

    name: str
    charset: str
    sender: str
    subject: str
    postmaster_subject: str
    text: bytes


class Settings(Struct, frozen=True, kw_only=True):
    """``template_problems`` are for the log: what was wrong with bounce_template_file."""

    bounce_notice_recipient: str
    bounce_size_limit: int
    cleanup_service_name: str
    delay_notice_recipient: str
    disable_verp_bounces: bool
    double_bounce_notice_recipient: str = field(name="2bounce_notice_recipient")
    double_bounce_sender: str
    enable_threaded_bounces: bool
    info_log_address_format: str
    internal_mail_filter_classes: tuple[str, ...]
    mail_name: str
    max_idle: float
    maximal_queue_lifetime: float
    myhostname: str
    myorigin: str
    notify_classes: tuple[str, ...]
    smtputf8_autodetect_classes: tuple[str, ...]
    syslog_facility: str
    syslog_name: str
    template_problems: tuple[str, ...]
    templates: tuple[Template, ...]
