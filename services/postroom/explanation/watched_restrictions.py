"""smtpd's restrictions, each with a record of what it said."""

from postroom.explanation.record import Judged, Record
from postroom.reception.smtpd.access.catalogue import read_list
from postroom.reception.smtpd.access.evaluation import Restriction
from postroom.reception.smtpd.access.request import Request, Subject
from postroom.reception.smtpd.access.verdict import DUNNO, Misconfigured, TryLater, Verdict
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.settings import Settings


class WatchedRestrictions:
    """Reads lists as smtpd does; ``settings`` tell which parameter a list is from."""

    def __init__(self, record: Record, settings: Settings) -> None:
        self._record = record
        self._settings = settings

    def read(self, words: tuple[str, ...], subject: Subject) -> tuple[Restriction, ...]:
        parameter = self._parameter(words)
        restrictions = read_list(words, subject, self._settings.restriction_classes)
        return tuple(self._watched(one, parameter) for one in restrictions)

    def _parameter(self, words: tuple[str, ...]) -> str:
        """Two lists may say the same, so that it is the very list that is looked for."""
        names = self._settings.__struct_fields__
        return next((name for name in names if getattr(self._settings, name) is words), "")

    def _watched(self, restriction: Restriction, parameter: str) -> Restriction:
        name = f"warn_if_reject {restriction.name}" if restriction.only_warn else restriction.name

        async def judge(request: Request) -> Verdict:
            try:
                verdict = await restriction.judge(request)
            except (LookupFailed, Misconfigured, TryLater) as error:
                self._record.add(Judged(parameter, request.stage, name, f"cannot tell: {error}"))
                raise
            self._record.add(Judged(parameter, request.stage, name, _said(verdict)))
            return verdict

        return restriction._replace(judge=judge)


def _said(verdict: Verdict) -> str:
    if verdict.reply is not None:
        return verdict.reply.line
    return "dunno" if verdict is DUNNO else "permit"
