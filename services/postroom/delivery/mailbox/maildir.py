"""Deliver to Maildirs: write to tmp, move to new; the same message never twice.

The name is made of the queue id and the recipient, not of time and process, so that a
delivery which is repeated after a crash finds its own work done.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial

from postroom.delivery.content import ContentLost
from postroom.delivery.impersonation.tasks import Result
from postroom.delivery.impersonation.worker import Job
from postroom.delivery.mailbox.failure import code_of, reason_of
from postroom.delivery.mailbox.local_text import local_text, write_all

# Fewer are waited for one after the other: threads cost CPU, and more of them more than they save.
FEW = 8
MAX_AT_ONCE = 8
DELIVERED = Result("2.0.0", "delivered to maildir")
# What a reader may have renamed a new message to in the seconds since (maildir's info suffix).
_SEEN_SUFFIXES = (":2,", ":2,S")
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def write_maildirs(jobs: Sequence[Job]) -> list[Result]:
    """Blocks until files and names are on stable storage (fsync(2)).

    First everything is written, then it is waited for: on its way to the disk at once, a batch
    takes about as long as one message.
    """
    maildirs: dict[str, _Maildir] = {}
    letters = [_Letter(job, _maildir(maildirs, job.task.path)) for job in jobs]
    try:
        _each(letters, _Letter.write)
        if len(letters) > 1:
            _each(letters, _Letter.start_storing)
        (_each if len(letters) < FEW else _each_at_once)(letters, _Letter.store)
        _each(letters, _Letter.publish)
        for maildir in maildirs.values():
            _make_names_last(maildir, [each for each in letters if each.maildir is maildir])
    finally:
        for letter in letters:
            letter.close()
        for maildir in maildirs.values():
            maildir.close()
    return [letter.result or DELIVERED for letter in letters]


def _maildir(maildirs: "dict[str, _Maildir]", path: str) -> "_Maildir":
    return maildirs.setdefault(path, _Maildir(path))


def _each(letters: "Iterable[_Letter]", step: "Callable[[_Letter], None]") -> None:
    """One that fails is no reason for the others to."""
    for letter in letters:
        _take(step, letter)


def _take(step: "Callable[[_Letter], None]", letter: "_Letter") -> None:
    if letter.result is None:
        try:
            step(letter)
        except (OSError, ContentLost) as error:
            letter.result = letter.maildir.failed(error)


def _each_at_once(letters: "Iterable[_Letter]", step: "Callable[[_Letter], None]") -> None:
    """Every fsync(2) has the disk empty its cache, but what waits together waits for the same."""
    try:
        for _ in _threads().map(partial(_take, step), letters):
            pass
    except RuntimeError:
        # The user has as many threads as setrlimit(2) lets him.
        _threads().shutdown(cancel_futures=True)
        _threads.cache_clear()
        _each(letters, step)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_AT_ONCE)


def _make_names_last(maildir: "_Maildir", letters: "list[_Letter]") -> None:
    """Without this a crash may take the names back, though the contents are safe."""
    published = [letter for letter in letters if letter.result is None]
    if published:
        try:
            maildir.sync("new")
        except OSError as error:
            for letter in published:
                letter.result = maildir.failed(error)


class _Maildir:
    """A directory that is opened, and made, when the first message needs it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1

    @property
    def root(self) -> int:
        if self._descriptor < 0:
            self._descriptor = _open_maildir(self._path)
        return self._descriptor

    def has(self, name: str) -> bool:
        places = (f"new/{name}", *(f"cur/{name}{suffix}" for suffix in _SEEN_SUFFIXES))
        return any(_exists(self.root, place) for place in places)

    def sync(self, part: str) -> None:
        directory = os.open(part, _DIRECTORY, dir_fd=self.root)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def failed(self, error: Exception) -> Result:
        """What an error comes to for a message, with the whole name of the file it is about."""
        name = error.filename if isinstance(error, OSError) else None
        where = f"{os.path.join(self._path, name)}: " if name else ""  # noqa: PTH118
        return Result(code_of(error), f"maildir delivery failed: {where}{reason_of(error)}")

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def _open_maildir(path: str) -> int:
    """A descriptor of the Maildir, made now as far as it is missing."""
    try:
        root = os.open(path, _DIRECTORY)
    except FileNotFoundError:
        _make(path)
        root = os.open(path, _DIRECTORY)
    for part in ("tmp", "new", "cur"):
        with suppress(FileExistsError):
            os.mkdir(part, 0o700, dir_fd=root)
    return root


def _make(path: str) -> None:
    """The directory and those above it, however many, all the user's alone."""
    missing: list[str] = []
    while path and not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)  # noqa: PTH120 - the worker has no pathlib
    for directory in reversed(missing):
        with suppress(FileExistsError):
            os.mkdir(directory, 0o700)  # noqa: PTH102


def _exists(root: int, path: str) -> bool:
    try:
        os.stat(path, dir_fd=root, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


class _Letter:
    """One message on its way into a Maildir; ``result`` is None as long as all goes well."""

    def __init__(self, job: Job, maildir: _Maildir) -> None:
        self.maildir = maildir
        self.result: Result | None = None
        self._job = job
        self._name = job.task.name
        self._temporary = f"tmp/{self._name}.{os.getpid()}"
        self._descriptor = -1

    def write(self) -> None:
        root = self.maildir.root
        if self.maildir.has(self._name):
            # Whoever put it there may have been killed before its name was safe.
            self.maildir.sync("new")
            self.maildir.sync("cur")
            self.result = DELIVERED
            return
        self._descriptor = os.open(self._temporary, _NEW_FILE, 0o600, dir_fd=root)
        write_all(self._descriptor, local_text(self._job))

    def start_storing(self) -> None:
        """Linux starts to write what is not to be kept in memory, and does not wait for it."""
        os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def store(self) -> None:
        os.fsync(self._descriptor)

    def publish(self) -> None:
        root = self.maildir.root
        os.rename(self._temporary, f"new/{self._name}", src_dir_fd=root, dst_dir_fd=root)

    def close(self) -> None:
        """A message that is not delivered leaves nothing."""
        if self._descriptor < 0:
            return
        os.close(self._descriptor)
        if self.result is not None:
            with suppress(OSError):
                os.unlink(self._temporary, dir_fd=self.maildir.root)
