"""Deliver one request: run the transport's command for all of its recipients at once."""

from postroom.config.pipe_command import PipeCommand
from postroom.delivery.attempt import Attempt
from postroom.delivery.environment import exported
from postroom.delivery.impersonation.announcement import announced
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Form, Result, RunCommand
from postroom.delivery.loop import delivered_to
from postroom.delivery.mailbox.filing import message_of
from postroom.delivery.mailbox.heading import from_line, heading
from postroom.delivery.pipe.arguments import arguments
from postroom.delivery.pipe.settings import Settings
from postroom.mail.status import Outcome
from postroom.maillog.delivery import DeliveryLog

# Flags that put a recipient's address into the message.
_FOR_ONE_RECIPIENT = frozenset("DO")


class PipeDelivery:
    """What the agent calls with each attempt; ``runs_as`` is who we are."""

    def __init__(
        self,
        settings: Settings,
        command: PipeCommand,
        runs_as: Identity,
        pool: WorkerPool,
        log: DeliveryLog,
    ) -> None:
        self._settings = settings
        self._command = command
        self._runs_as = runs_as
        self._pool = pool
        self._log = log

    async def __call__(self, attempt: Attempt) -> None:
        attempt.set_up()
        self._refuse_loops(attempt)
        recipients = attempt.request.envelope.recipients
        if len(attempt.unsettled) == len(recipients):
            result = await self._result(attempt)
            name = self._settings.service_name
            for index in attempt.unsettled:
                attempt.settle(Outcome(index, result.code, result.text, name))

    def _refuse_loops(self, attempt: Attempt) -> None:
        """Flag D: who has had this message does not get it again. There is one recipient."""
        if "D" not in self._command.flags:
            return
        been_at = delivered_to(attempt.content)
        for index, recipient in enumerate(attempt.request.envelope.recipients):
            if recipient.address.lower() in been_at:
                text = f"mail forwarding loop for {recipient.address}"
                attempt.settle(Outcome(index, "5.4.6", text, self._settings.service_name))

    async def _result(self, attempt: Attempt) -> Result:
        command, request = self._command, attempt.request
        if command.flags & _FOR_ONE_RECIPIENT and len(request.envelope.recipients) > 1:
            name = self._settings.service_name
            self._log.warning(f"flags D and O require {name}_destination_recipient_limit = 1")
            return Result("4.3.5", "mail system configuration error")
        if command.size_limit and request.size > command.size_limit:
            return Result("5.2.3", "message too large")
        task = self._task(attempt)
        if request.envelope.is_probe:
            return announced(task)
        return await self._pool.perform(self._runs_as, task, attempt.content)

    def _task(self, attempt: Attempt) -> RunCommand:
        settings, command = self._settings, self._command
        return RunCommand(
            name=command.argv[0],
            argv=arguments(command, attempt.request, settings.recipient_delimiter),
            environment=exported(settings.export_environment),
            directory=command.directory,
            time_limit=settings.time_limit,
            message=message_of(attempt, self._heading(attempt)),
            success=f"delivered via {settings.service_name} service",
            output_on_success=True,
            directory_needed=True,
            form=form_of(command),
        )

    def _heading(self, attempt: Attempt) -> bytes:
        """The lines that flags F, R, O and D ask for, in this order."""
        command, envelope = self._command, attempt.request.envelope
        flags = command.flags
        sender = envelope.sender or command.null_sender
        lines = heading(
            sender,
            envelope.recipients[0],
            original="O" in flags,
            delivered="D" in flags,
            return_path="R" in flags,
        )
        return from_line(sender) + lines if "F" in flags else lines


def form_of(command: PipeCommand) -> Form:
    """How the flags and ``eol=`` want the message written."""
    flags = command.flags
    return Form(command.line_end, "." in flags, ">" in flags, "B" in flags)
