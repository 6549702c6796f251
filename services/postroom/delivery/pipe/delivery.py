"""Deliver one request: run the transport's command for all of its recipients at once."""

from collections.abc import Iterator, Sequence

from postroom.config.environment import exported
from postroom.config.pipe_command import PipeCommand, macros_in
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.announcement import announced
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Form, Result, RunCommand
from postroom.delivery.loop import delivered_to
from postroom.delivery.mailbox.filing import message_of
from postroom.delivery.mailbox.heading import from_line, heading
from postroom.delivery.pipe.arguments import arguments
from postroom.delivery.pipe.settings import Settings
from postroom.mail.address import Extensions, quote_address
from postroom.mail.envelope import Recipient
from postroom.mail.status import Outcome, Reach
from postroom.maillog.delivery import DeliveryLog

# Flags that put a recipient's address into the message.
_FOR_ONE_RECIPIENT = frozenset("DO")


class PipeDelivery:
    """What the agent calls with each attempt; ``runs_as`` is who we are, and where."""

    def __init__(
        self,
        settings: Settings,
        command: PipeCommand,
        runs_as: Identity,
        pool: WorkerPool,
        log: DeliveryLog,
    ) -> None:
        self._settings = settings
        self._extensions = Extensions(settings.recipient_delimiter, settings.owner_request_special)
        self._command = command
        self._runs_as = runs_as
        self._pool = pool
        self._log = log

    async def __call__(self, attempt: Attempt) -> None:
        """One command serves all recipients that it may be told of."""
        attempt.set_up()
        name, everybody = self._settings.service_name, attempt.request.envelope.recipients
        for index, result in self._refused(attempt):
            attempt.settle(Outcome(index, result.code, result.text, name))
        served = tuple(everybody[index] for index in attempt.unsettled)
        if served:
            result = await self._result(attempt, served)
            for index in attempt.unsettled:
                outcome = Outcome(index, result.code, result.text, name, reach=self._reach)
                attempt.settle(outcome)

    @property
    def _reach(self) -> Reach:
        """Flag X: the command is the end of the way."""
        return Reach.DELIVERED if "X" in self._command.flags else Reach.RELAYED

    def _refused(self, attempt: Attempt) -> Iterator[tuple[int, Result]]:
        """Flag D: who has had this message does not get it again. An address that commands could
        take for an option is none (postconf(5), allow_min_user), a sender's neither."""
        been_at = delivered_to(attempt.content) if "D" in self._command.flags else frozenset()
        sender = attempt.request.envelope.sender
        told = any("sender" in macros_in(argument) for argument in self._command.argv)
        bad_sender = told and sender.startswith("-") and not self._settings.allow_min_user
        for index, recipient in enumerate(attempt.request.envelope.recipients):
            address = recipient.address
            if been_at and quote_address(address).lower() in been_at:
                yield index, Result("5.4.6", f"mail forwarding loop for {address}")
            elif address.startswith("-") and not self._settings.allow_min_user:
                yield index, Result("5.1.3", "bad address syntax")
            elif bad_sender:
                yield index, Result("5.1.7", "bad sender address syntax")

    async def _result(self, attempt: Attempt, served: Sequence[Recipient]) -> Result:
        command, request = self._command, attempt.request
        if command.flags & _FOR_ONE_RECIPIENT and len(served) > 1:
            name = self._settings.service_name
            self._log.warning(f"flags D and O require {name}_destination_recipient_limit = 1")
            return Result("4.3.5", "mail system configuration error")
        if command.size_limit and request.size > command.size_limit:
            return Result("5.2.3", "message too large")
        task = self._task(attempt, served)
        if request.envelope.is_probe:
            return announced(task)
        return await self._pool.perform(self._runs_as, task, attempt.content)

    def _task(self, attempt: Attempt, served: Sequence[Recipient]) -> RunCommand:
        settings, command = self._settings, self._command
        return RunCommand(
            name=command.argv[0],
            argv=arguments(command, attempt.request, served, self._extensions),
            environment=exported(settings.export_environment),
            directory=command.directory,
            time_limit=settings.time_limit,
            message=message_of(attempt, self._heading(attempt, served[0])),
            success=f"delivered via {settings.service_name} service",
            output_on_success=True,
            directory_needed=True,
            form=form_of(command),
        )

    def _heading(self, attempt: Attempt, recipient: Recipient) -> bytes:
        """The lines that flags F, R, O and D ask for, in this order."""
        command, flags = self._command, self._command.flags
        sender = attempt.request.envelope.sender or command.null_sender
        lines = heading(
            sender,
            recipient,
            original="O" in flags,
            delivered="D" in flags,
            return_path="R" in flags,
        )
        return from_line(sender) + lines if "F" in flags else lines


def form_of(command: PipeCommand) -> Form:
    """How the flags and ``eol=`` want the message written."""
    flags = command.flags
    return Form(command.line_end, "." in flags, ">" in flags, "B" in flags)
