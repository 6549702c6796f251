"""The parameters of main.cf that pickup reads."""

from postroom.reception.submission_settings import SubmissionSettings


class Settings(SubmissionSettings, frozen=True, kw_only=True):
    """And where messages go from here."""

    authorized_mailq_users: tuple[str, ...]
    cleanup_service_name: str
    content_filter: str
    info_log_address_format: str
    myhostname: str
    receive_override_options: tuple[str, ...]
    sendmail_fix_line_endings: str
    smtputf8_autodetect_classes: tuple[str, ...]
    submission_mode: str
