"""Carry one copy of a message to one place: a mailbox, a file, a command, or back to cleanup."""

from collections.abc import Sequence

from msgspec import structs

from postroom.contracts.cleanup import Queued
from postroom.contracts.intake import Intake
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.announcement import announced
from postroom.delivery.impersonation.identity import Identity, with_group
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import (
    Announce,
    AnyTask,
    AppendMbox,
    Locking,
    Result,
    RunCommand,
    UnlessForwarded,
    WriteMaildir,
)
from postroom.delivery.local.command_line import argv_of
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.environment import command_environment
from postroom.delivery.local.parts import Part
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.turns import Turns
from postroom.delivery.local.users import User
from postroom.delivery.mailbox.filing import Filing, message_of
from postroom.delivery.mailbox.heading import from_line, heading
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Envelope

# Who may create files in the mail spool (Debian policy 11.6).
SPOOL_GROUP = "mail"

MailboxTask = WriteMaildir | AppendMbox | RunCommand


class Mailman:
    """Serves one attempt; every method returns a part with its result and raises nothing.

    A probe is only told what would be done.
    """

    def __init__(
        self,
        settings: Settings,
        pool: WorkerPool,
        turns: Turns,
        intake: Intake,
        attempt: Attempt,
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._turns = turns
        self._intake = intake
        self._attempt = attempt
        self._filing = _filing(settings)
        self._is_probe = attempt.request.envelope.is_probe

    async def to_mailbox(self, copy: Copy, user: User, forward_paths: Sequence[str] = ()) -> Part:
        """The user's own mailbox, whatever the configuration says that is.

        If one of ``forward_paths`` exists, the result has its text, and nothing was delivered.
        """
        identity, task = self._mailbox(copy, user)
        if not forward_paths:
            return await self._perform(copy, identity, task)
        otherwise = Announce(announced(task)) if self._is_probe else task
        whole = UnlessForwarded(tuple(forward_paths), otherwise)
        return Part(copy, await self._done(copy, identity, whole))

    def _mailbox(self, copy: Copy, user: User) -> tuple[Identity, MailboxTask]:
        settings = self._settings
        if settings.mailbox_command and not user.is_root:
            return user.identity, self._command(copy, settings.mailbox_command, user)
        if settings.home_mailbox and not user.is_root:
            path = f"{user.home}/{settings.home_mailbox}"
            return user.identity, self._file(copy, path, own=True)
        directory = settings.mail_spool_directory
        path = f"{directory.rstrip('/')}/{user.name}{'/' if directory.endswith('//') else ''}"
        return with_group(user.identity, SPOOL_GROUP), self._file(copy, path, own=True)

    async def to_file(self, copy: Copy, path: str, identity: Identity) -> Part:
        """``/file/name`` or ``/maildir/name/`` in an alias or .forward file."""
        if path == "/dev/null":
            verb = "delivers" if self._is_probe else "delivered"
            return Part(copy, Result("2.0.0", f"{verb} to file: /dev/null"))
        return await self._perform(copy, identity, self._file(copy, path, own=False))

    async def to_command(
        self, copy: Copy, command: str, identity: Identity, user: User | None
    ) -> Part:
        """``|command``, as ``user`` or, without one, as a user without a home."""
        user = user or User(self._settings.default_privs, "/", "/bin/sh", identity)
        return await self._perform(copy, identity, self._command(copy, command, user))

    async def forward(self, copy: Copy) -> Part:
        """Give the message back to cleanup, for somewhere else."""
        if self._is_probe:
            text = f"forwards to {copy.recipient.address}"
            return Part(copy, Result("2.0.0", text))
        envelope = self._attempt.request.envelope
        original = copy.recipient.original or self._addressee(copy)
        recipient = structs.replace(copy.recipient, original=original)
        forwarded = Envelope(
            sender=copy.sender,
            recipients=(recipient,),
            arrival=envelope.arrival,
            body=envelope.body,
            smtputf8=envelope.smtputf8,
            ret=envelope.ret,
            envid=envelope.envid,
            trace=envelope.trace,
        )
        try:
            queue_id = await self._intake.queue_id()
            upload = self._intake.upload(queue_id, forwarded)
            if "forward" in self._settings.prepend_delivered_header:
                await upload.write(f"Delivered-To: {self._addressee(copy)}\r\n".encode())
            for piece in self._attempt.content.pieces():
                await upload.write(piece)
            answer = await upload.finish()
        except Unavailable as error:
            return Part(copy, Result("4.3.0", f"cannot forward: {error}"))
        if isinstance(answer, Queued):
            return Part(copy, Result("2.0.0", f"forwarded as {answer.queue_id}"))
        return Part(copy, Result(answer.code, f"cannot forward: {answer.text}"))

    def _command_heading(self, copy: Copy) -> bytes:
        settings = self._settings
        lines = heading(
            copy.sender,
            copy.recipient,
            original=settings.enable_original_recipient,
            delivered="command" in settings.prepend_delivered_header,
        )
        return from_line(copy.sender) + lines

    def _addressee(self, copy: Copy) -> str:
        """The recipient of the request that this copy is for."""
        return self._attempt.request.envelope.recipients[copy.position].address

    def _file(self, copy: Copy, path: str, *, own: bool) -> WriteMaildir | AppendMbox:
        delivered = own or "file" in self._settings.prepend_delivered_header
        sender, recipient = copy.sender, copy.recipient
        return self._filing.task(
            self._attempt, path, sender, recipient, own=own, delivered=delivered
        )

    def _command(self, copy: Copy, command: str, user: User) -> RunCommand:
        settings = self._settings
        envelope = self._attempt.request.envelope
        return RunCommand(
            command,
            argv_of(command, settings.local_command_shell),
            command_environment(settings, envelope, copy.sender, copy.recipient, user),
            user.home if user.home.startswith("/") else "/",
            settings.command_time_limit,
            message_of(self._attempt, self._command_heading(copy)),
            f"delivered to command: {command}",
        )

    async def _perform(self, copy: Copy, identity: Identity, task: MailboxTask) -> Part:
        result = announced(task) if self._is_probe else await self._done(copy, identity, task)
        return Part(copy, result)

    async def _done(self, copy: Copy, identity: Identity, task: AnyTask) -> Result:
        content = self._attempt.content
        if task.together is not None:
            return await self._pool.perform(identity, task, content)
        async with self._turns.of(self._addressee(copy).lower()):
            return await self._pool.perform(identity, task, content)


def _filing(settings: Settings) -> Filing:
    locking = Locking(
        settings.mailbox_delivery_lock,
        settings.deliver_lock_attempts,
        settings.deliver_lock_delay,
        settings.stale_lock_time,
    )
    limit = settings.mailbox_size_limit
    return Filing(locking, limit, settings.enable_original_recipient, settings.myhostname)
