"""The members of ``:include:`` lists, read with the rights of those who keep them."""

import os
from typing import NamedTuple

from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import ReadList, Result
from postroom.delivery.local.list_file import MAX_LIST, NOT_OURS
from postroom.delivery.local.rights import identity_of_uid

# Root's uid and none of its capabilities: reads what is root's, and what everybody may read.
ROOT = Identity(0, 0)


class Members(NamedTuple):
    """The text of a list, and the uid of its owner."""

    text: str
    owner: int


class NoList(Exception):
    """It cannot be used; ``result`` says why and whether for now."""

    def __init__(self, result: Result) -> None:
        self.result = result


class Lists:
    """Has workers read; this process can open nothing of anybody's."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    async def read(self, path: str, identity: Identity | None) -> Members:
        """As ``identity``, or, for an alias of root's, as root or the file's owner.

        Raises NoList, or UnknownUser where the owner has no name.
        """
        result, text = await self._read(path, identity or ROOT)
        if result.code == NOT_OURS and identity is None:
            result, text = await self._read(path, identity_of_uid(int(result.text)))
        if result.code == NOT_OURS:
            reason = f"unable to lookup :include: file {path}: Permission denied"
            raise NoList(Result("5.3.5", reason))
        if result.code[0] != "2":
            raise NoList(result)
        return Members(text, int(result.text))

    async def _read(self, path: str, identity: Identity) -> tuple[Result, str]:
        descriptor = os.memfd_create("list")
        content = Content(0, descriptor=descriptor)
        try:
            result = await self._pool.perform(identity, ReadList(path), content)
            return result, os.pread(descriptor, MAX_LIST, 0).decode("utf-8", "replace")
        finally:
            content.close()
