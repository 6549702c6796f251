"""Who may send mail."""

from collections.abc import Iterable

from postroom.contracts.postdrop import NO_SUBMITTER
from postroom.reception.submission import Refusal
from postroom.tables.table import TableError
from postroom.tables.user_list import UserList, named


class Submitters:
    """``users``: main.cf's authorized_submit_users, which the superuser, too, has to be on."""

    def __init__(self, users: Iterable[str]) -> None:
        self._users = UserList(users)

    def check(self, uid: int) -> None:
        """Raises Refusal; who cannot be judged may come again."""
        try:
            allowed = self._users.allows(uid)
        except TableError as error:
            raise Refusal(f"4.3.0 authorized_submit_users: {error}") from None
        if not allowed:
            raise Refusal(f"{NO_SUBMITTER} User {named(uid)} is not allowed to submit mail")
