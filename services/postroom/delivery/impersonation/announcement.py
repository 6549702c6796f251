"""What a task would do, in the words of the log: a probe (sendmail -bv) hears it instead."""

from postroom.delivery.impersonation.tasks import (
    AppendMbox,
    Result,
    RunCommand,
    WriteMaildir,
)


def announced(task: WriteMaildir | AppendMbox | RunCommand) -> Result:
    """The result of a task that is not done: nothing is written and nothing is run."""
    match task:
        case WriteMaildir():
            what = "maildir"
        case AppendMbox():
            what = "mailbox" if task.user else f"file: {task.path}"
        case RunCommand():
            what = f"command: {task.name}"
    return Result("2.0.0", f"delivers to {what}")
