"""Let a message wait on the disk, however long that takes to write."""

from collections.abc import Callable

from postroom.maillog.qmgr import QueueManagerLog
from postroom.spool.queue_directory import QueueDirectory
from postroom.spool.queue_file import State
from postroom.spool.record import Corrupt
from postroom.spool.stored import StoredMessage
from postroom.systemd.activity import Activity

# When a message could not be written where it should wait, try again after so many seconds.
_WRITE_RETRY = 5.0


class Aside:
    """The way out of the journal for whoever is not served yet."""

    def __init__(self, log: QueueManagerLog, activity: Activity) -> None:
        self._log = log
        self._activity = activity

    async def put(
        self, stored: StoredMessage, state: State, due: float, queue: Callable[[], QueueDirectory]
    ) -> None:
        """Until it is written it stays where it is; ``queue`` says each time where to write it.

        Written it is even while we leave: there it says who was served and who was not.
        """
        while True:
            try:
                await stored.wait(queue(), state, due)
                return
            except FileNotFoundError:
                self._log.message_trouble(stored.queue_id, "its file is gone")
                return
            except Corrupt as error:
                self._log.message_trouble(stored.queue_id, f"cannot be kept: {error}")
                return
            except OSError as error:
                self._log.message_trouble(stored.queue_id, f"cannot be deferred: {error}")
                if self._activity.leaving:
                    return
                await self._activity.sleep(_WRITE_RETRY)
