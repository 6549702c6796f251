"""A worker has one user's rights and no way back; its death costs no mail. Needs root."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import Message, Result, WriteMaildir
from postroom.delivery.impersonation.worker import Job, Worker

SOMEBODY = Identity(12345, 12346, (12347,))


def tell_each(jobs: Sequence[Job]) -> list[Result]:
    """Stands in for a skill: what can this process do?"""
    return [tell(job.task) for job in jobs]


def tell(task: WriteMaildir) -> Result:
    match task.path:
        case "/identity":
            capabilities = [
                line.split()[1]
                for line in Path("/proc/self/status").read_text().splitlines()
                if line.startswith(("CapInh", "CapPrm", "CapEff", "CapAmb"))
            ]
            return Result(
                "2.0.0",
                f"{os.getresuid()} {os.getresgid()} {os.getgroups()} {sorted(set(capabilities))}",
            )
        case "/escape":
            for attempt in (os.setuid, os.setgid, lambda _: os.chroot("/")):
                try:
                    attempt(0)
                except PermissionError:
                    continue
                return Result("5.0.0", "escaped")
            return Result("2.0.0", "kept in")
        case "/descriptors":
            return Result("2.0.0", "|".join(descriptors()))
        case "/root":
            return Result("2.0.0", f"{os.getuid()} {sorted(os.listdir('/'))} {os.getcwd()}")  # noqa: PTH208, PTH109
        case "/pid":
            return Result("2.0.0", str(os.getpid()))
        case "/lines":
            return Result("5.3.0", "said one\nand two\x1b[31m")
        case "/die":
            os.kill(os.getpid(), signal.SIGKILL)
    raise PermissionError(13, "Permission denied", task.path)


def descriptors() -> set[str]:
    """What this process has open beside the standard streams."""
    # The directory that is listed has one itself, which is gone when it is looked at.
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return {str(link.readlink()) for link in links if int(link.name) > 2}


def ask(*paths: str, identity: Identity = SOMEBODY) -> list[Result]:
    """Run in a child, because the nursery's owner loses its own capabilities."""

    async def run(pool: WorkerPool) -> list[Result]:
        nothing = Content(0, data=b"")
        results = [
            await pool.perform(
                identity, WriteMaildir(path, "name", Message(b"", 0, content=b"")), nothing
            )
            for path in paths
        ]
        pool.close()
        return results

    return asyncio.run(run(WorkerPool(Nursery.start(Worker({WriteMaildir: tell_each})))))


@pytest.fixture
def in_child(tmp_path: Path) -> Callable[..., list[str]]:
    def call(*paths: str, **more: Identity) -> list[str]:
        report = tmp_path / "report"
        child = os.fork()
        if child == 0:
            try:
                report.write_text("\n".join(f"{r.code} {r.text}" for r in ask(*paths, **more)))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        return report.read_text().splitlines()

    return call


def test_a_worker_is_exactly_one_user_without_capabilities(
    in_child: Callable[..., list[str]],
) -> None:
    (line,) = in_child("/identity")
    assert line == (
        "2.0.0 (12345, 12345, 12345) (12346, 12346, 12346) [12347] ['0000000000000000']"
    )


def test_a_worker_cannot_become_somebody_else(in_child: Callable[..., list[str]]) -> None:
    assert in_child("/escape") == ["2.0.0 kept in"]


def test_a_worker_inherits_its_line_and_the_standard_streams_only(
    in_child: Callable[..., list[str]],
) -> None:
    """Where libuv was at work before the fork, it gives each child a pipe of its own."""
    with os.fdopen(os.memfd_create("ours")):
        ours = descriptors()
        (told,) = in_child("/descriptors")
    found = set(told.removeprefix("2.0.0 ").split("|"))
    assert any("ours" in each for each in ours)
    assert any(each.startswith("socket:") for each in found)
    assert not found & ours


def test_one_user_s_next_mail_finds_the_same_worker(in_child: Callable[..., list[str]]) -> None:
    first, second = in_child("/pid", "/pid")
    assert first == second


def test_a_worker_with_a_root_of_its_own_sees_that_alone_and_cannot_leave(
    in_child: Callable[..., list[str]], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (root / "inside").mkdir(parents=True)
    for each in (tmp_path, *tmp_path.parents[:-2]):
        each.chmod(0o755)
    told, kept = in_child("/root", "/escape", identity=SOMEBODY._replace(root=str(root)))
    assert told == "2.0.0 12345 ['inside'] /"
    assert kept == "2.0.0 kept in"


def test_a_root_that_is_not_there_defers_the_mail_and_is_named(
    in_child: Callable[..., list[str]], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (deferred,) = in_child("/root", identity=SOMEBODY._replace(root=str(root)))
    assert (
        deferred == f"4.3.0 delivery process failed: [Errno 2] No such file or directory: '{root}'"
    )


def test_a_worker_that_is_killed_defers_the_mail_and_the_next_one_works(
    in_child: Callable[..., list[str]],
) -> None:
    died, after = in_child("/die", "/escape")
    assert died.startswith("4.3.0 delivery process failed")
    assert after == "2.0.0 kept in"


def test_an_error_of_the_system_defers_the_mail(in_child: Callable[..., list[str]]) -> None:
    assert in_child("/x") == ["4.3.0 delivery failed: /x: Permission denied"]


def test_what_a_user_s_command_says_stays_on_one_line(in_child: Callable[..., list[str]]) -> None:
    assert in_child("/lines") == ["5.3.0 said one?and two?[31m"]


def notice_that_the_nursery_is_killed() -> str:
    """To be run in a child, like ``ask``."""

    async def run(nursery: Nursery) -> str:
        gone = asyncio.Event()
        nursery.when_gone(gone.set)
        await asyncio.sleep(0)
        assert not gone.is_set()
        me = os.getpid()
        (child,) = Path(f"/proc/{me}/task/{me}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        await asyncio.wait_for(gone.wait(), 5)
        return "noticed"

    return asyncio.run(run(Nursery.start(Worker({WriteMaildir: tell_each}))))


def test_an_agent_whose_nursery_is_killed_hears_of_it(tmp_path: Path) -> None:
    """It could deliver nothing any more, and leaves so that systemd starts it anew."""
    report = tmp_path / "report"
    child = os.fork()
    if child == 0:
        try:
            report.write_text(notice_that_the_nursery_is_killed())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert report.read_text() == "noticed"
