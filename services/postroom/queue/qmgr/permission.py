"""Who may list the queue, and who may have it tried again."""

from postroom.ipc.server import Caller
from postroom.maillog.qmgr import QueueManagerLog
from postroom.queue.qmgr.settings import Settings
from postroom.tables.table import TableError
from postroom.tables.user_list import UserList


class Permission:
    """main.cf's authorized_mailq_users and authorized_flush_users.

    The superuser and the other parts of this service always may. A list that cannot be read
    allows nobody else.
    """

    def __init__(self, settings: Settings, log: QueueManagerLog) -> None:
        self._listers = UserList(settings.authorized_mailq_users)
        self._flushers = UserList(settings.authorized_flush_users)
        self._log = log

    def to_list(self, caller: Caller) -> bool:
        return not caller.stranger or self._allows(self._listers, caller.uid)

    def to_flush(self, caller: Caller) -> bool:
        return not caller.stranger or self._allows(self._flushers, caller.uid)

    def _allows(self, users: UserList, uid: int) -> bool:
        try:
            return users.allows(uid)
        except TableError as error:
            self._log.warning(f"cannot tell what user {uid} may do: {error}")
            return False
