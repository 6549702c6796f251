"""The parameters of main.cf that postdrop reads."""

from postroom.reception.submission_settings import SubmissionSettings


class Settings(SubmissionSettings, frozen=True, kw_only=True):
    """And how much room it leaves on the disk."""

    queue_minfree: int
