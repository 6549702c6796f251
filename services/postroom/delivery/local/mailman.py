"""Carry one copy of a message to one place: a mailbox, a file, a command or another transport."""

from collections.abc import Sequence
from typing import NamedTuple

from postroom.config.expansion import ExpansionError
from postroom.config.macros import expand, filtered
from postroom.delivery.attempt import Attempt
from postroom.delivery.impersonation.announcement import announced
from postroom.delivery.impersonation.identity import Identity, with_group
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import (
    Announce,
    AnyTask,
    AppendMbox,
    Result,
    RunCommand,
    UnlessForwarded,
    WriteMaildir,
)
from postroom.delivery.local.command_line import argv_of
from postroom.delivery.local.copy import Copy
from postroom.delivery.local.environment import command_environment
from postroom.delivery.local.macros import macros
from postroom.delivery.local.names import name_of
from postroom.delivery.local.parts import Part
from postroom.delivery.local.passing import Passing
from postroom.delivery.local.preferences import Preferences
from postroom.delivery.local.rights import NoDefault, default_rights
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import User
from postroom.delivery.mailbox.filing import Filing, message_of
from postroom.delivery.mailbox.heading import from_line, heading
from postroom.delivery.turns import Turns
from postroom.mail.envelope import Recipient

# Who may create files in the mail spool (Debian policy 11.6).
SPOOL_GROUP = "mail"

MailboxTask = WriteMaildir | AppendMbox | RunCommand


class Means(NamedTuple):
    """What all deliveries of the agent share."""

    settings: Settings
    pool: WorkerPool
    turns: Turns
    passing: Passing
    preferences: Preferences
    filing: Filing


class Mailman:
    """Serves one attempt; every method returns a part with its result.

    A probe is only told what would be done. Raises tables.TableError, and
    config.expansion.ExpansionError for what main.cf says.
    """

    def __init__(self, means: Means, attempt: Attempt) -> None:
        self._means = means
        self._settings = means.settings
        self._attempt = attempt
        self._is_probe = attempt.request.envelope.is_probe

    def warn(self, text: str) -> None:
        """Tell the admin what the sender need not know."""
        self._attempt.warn(text)

    async def to_mailbox(self, copy: Copy, user: User, forward_paths: Sequence[str] = ()) -> Part:
        """The user's own mailbox, whatever the configuration says that is.

        If one of ``forward_paths`` exists, the result has its name and text, and nothing was
        delivered.
        """
        preferences = self._means.preferences
        transport = await preferences.transport(user.name)
        command = "" if transport else await preferences.command(user.name)
        if transport or (command and user.is_root):
            found = await self._forward_of(copy, user, forward_paths)
            if found is not None:
                return Part(copy.recipient, found)
        if transport:
            return await self._means.passing.pass_on(self._attempt, copy, transport)
        if command and user.is_root:
            return await self._to_root_s_command(copy, user, command)
        identity, task = self._mailbox(copy, user, command)
        if not forward_paths:
            return await self._perform(copy, identity, task)
        otherwise = Announce(announced(task)) if self._is_probe else task
        home = user.home if self._settings.require_home_directory else ""
        whole = UnlessForwarded(tuple(forward_paths), otherwise, home)
        return Part(copy.recipient, await self._done(copy, identity, whole))

    async def to_nobody(self, copy: Copy, name: str) -> Part | None:
        """A transport that serves those who are no users of this machine, if there is one."""
        preferences = self._means.preferences
        transport = await preferences.transport(name) or await preferences.fallback(name)
        if not transport:
            return None
        return await self._means.passing.pass_on(self._attempt, copy, transport)

    async def _forward_of(
        self, copy: Copy, user: User, forward_paths: Sequence[str]
    ) -> Result | None:
        """What a .forward file says, or why that cannot be told; None if there is no such file."""
        if not forward_paths:
            return None
        look = UnlessForwarded(tuple(forward_paths), Announce(Result("2.0.0", "")))
        found = await self._done(copy, user.identity, look)
        return found if found.forward or found.code[0] != "2" else None

    async def _to_root_s_command(self, copy: Copy, user: User, command: str) -> Part:
        """mailbox_command, which nobody runs as root (postconf(5))."""
        try:
            identity = default_rights(self._settings.default_privs)
        except NoDefault as error:
            return Part(copy.recipient, Result("4.3.5", str(error)))
        return await self.to_command(copy, command, identity, user)

    def _mailbox(self, copy: Copy, user: User, command: str) -> tuple[Identity, MailboxTask]:
        settings = self._settings
        if command:
            # As it is: the shell takes $USER and the like from the environment (postconf(5)).
            return user.identity, self._command(copy, command, user)
        if settings.home_mailbox:
            path = f"{user.home}/{settings.home_mailbox}"
            return user.identity, self._file(copy, path, own=user.name)
        directory = settings.mail_spool_directory
        if directory.endswith("/"):
            # The user's own, who could put links to other mailboxes into it: without the group.
            return user.identity, self._file(copy, f"{directory}{user.name}/", own=user.name)
        identity = with_group(user.identity, SPOOL_GROUP)
        return identity, self._file(copy, f"{directory}/{user.name}", own=user.name)

    async def to_file(self, copy: Copy, path: str, identity: Identity) -> Part:
        """``/file/name`` or ``/maildir/name/`` in an alias or .forward file."""
        if path == "/dev/null":
            verb = "delivers" if self._is_probe else "delivered"
            return Part(copy.recipient, Result("2.0.0", f"{verb} to file: /dev/null"))
        return await self._perform(copy, identity, self._file(copy, path))

    async def to_command(
        self, copy: Copy, command: str, identity: Identity, user: User | None
    ) -> Part:
        """``|command``, in the home of ``user`` if there is one."""
        return await self._perform(copy, identity, self._command(copy, command, user))

    def _whose_turn(self, copy: Copy) -> str:
        """All addresses of one name count together, or anybody could have any number of a user's
        commands started (local_destination_concurrency_limit)."""
        return name_of(self._addressee(copy).address, self._settings).user

    def _addressee(self, copy: Copy) -> Recipient:
        """The recipient of the request that this copy is for."""
        return self._attempt.request.envelope.recipients[copy.position]

    def _shown(self, copy: Copy) -> Recipient:
        """For whom the copy's header says it was delivered: whoever the request was for, or
        whom an alias of theirs names (postconf(5), frozen_delivered_to)."""
        return self._addressee(copy) if self._settings.frozen_delivered_to else copy.recipient

    def _file(self, copy: Copy, path: str, *, own: str = "") -> WriteMaildir | AppendMbox:
        delivered = "file" in self._settings.prepend_delivered_header
        return self._means.filing.task(
            self._attempt, path, copy.sender, self._shown(copy), own=own, delivered=delivered
        )

    def _command(self, copy: Copy, command: str, user: User | None) -> RunCommand:
        settings = self._settings
        envelope = self._attempt.request.envelope
        told = macros(settings, copy.recipient.address, user)
        values = filtered(told, settings.execution_directory_expansion_filter)
        directory = expand(settings.command_execution_directory, values)
        if directory and not directory.startswith("/"):
            why = f'"{directory}" is no path from the root'
            raise ExpansionError(f"command_execution_directory: {why}")
        return RunCommand(
            name=command,
            argv=argv_of(command, settings.local_command_shell),
            environment=command_environment(settings, envelope, copy, user),
            directory=directory or _home(user),
            time_limit=settings.command_time_limit,
            message=message_of(self._attempt, self._command_heading(copy)),
            success=f"delivered to command: {command}",
            directory_needed=bool(directory),
        )

    def _command_heading(self, copy: Copy) -> bytes:
        settings = self._settings
        lines = heading(
            copy.sender,
            self._shown(copy),
            original=settings.enable_original_recipient,
            delivered="command" in settings.prepend_delivered_header,
        )
        return from_line(copy.sender) + lines

    async def _perform(self, copy: Copy, identity: Identity, task: MailboxTask) -> Part:
        result = announced(task) if self._is_probe else await self._done(copy, identity, task)
        return Part(copy.recipient, result)

    async def _done(self, copy: Copy, identity: Identity, task: AnyTask) -> Result:
        content, pool = self._attempt.content, self._means.pool
        if task.together is not None:
            result = await pool.perform(identity, task, content)
        else:
            async with self._means.turns.of(self._whose_turn(copy)):
                result = await pool.perform(identity, task, content)
        if result.warning:
            self._attempt.warn(result.warning)
        return result


def _home(user: User | None) -> str:
    return user.home if user is not None and user.home.startswith("/") else "/"
