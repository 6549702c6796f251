"""What a task would do, in the words of the log: a probe (sendmail -bv) hears it instead."""

from postroom.delivery.impersonation.tasks import (
    AppendMbox,
    Result,
    RunCommand,
    WriteMaildir,
)

SHELL = "/bin/sh"


def announced(task: WriteMaildir | AppendMbox | RunCommand) -> Result:
    """The result of a task that is not done: nothing is written and nothing is run."""
    match task:
        case WriteMaildir():
            what = "maildir"
        case AppendMbox():
            what = "mailbox" if task.own else f"file: {task.path}"
        case RunCommand():
            what = f"command: {command_name(task)}"
    return Result("2.0.0", f"delivers to {what}")


def command_name(task: RunCommand) -> str:
    """A command as it was written: behind a shell's options, or as words."""
    return task.argv[-1] if task.argv[0] == SHELL else " ".join(task.argv)
