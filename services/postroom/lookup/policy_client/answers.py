"""Answers smtpd's questions: each goes to a policy server, by a connection that is kept."""

import asyncio
import os
from typing import Any

from postroom.contracts.policy_client import Action, Ask
from postroom.ipc.contract import BrokenContract, Question, Unavailable
from postroom.lookup.policy_client.connection import Connection, ServerTrouble
from postroom.lookup.policy_client.settings import Server
from postroom.maillog.policy_client import PolicyClientLog

# Of an action, which is logged and sent to a client.
_MAX_ACTION = 4096
_UNPRINTABLE = dict.fromkeys((*range(32), 127), "?")


class Answers:
    """``servers`` by how main.cf names them."""

    def __init__(self, servers: dict[str, Server], log: PolicyClientLog) -> None:
        self._servers = servers
        self._log = log
        self._unused: dict[str, list[Connection]] = {name: [] for name in servers}

    async def answer(self, question: Question[Any], descriptors: list[int]) -> Action:
        if descriptors:
            for descriptor in descriptors:
                os.close(descriptor)
            raise BrokenContract("policy-client: a descriptor nobody asked for")
        assert isinstance(question, Ask)
        server = self._servers.get(question.server)
        if server is None:
            raise Unavailable(f"no policy server is known as {question.server}")
        action = await self._ask(question.server, server, question.attributes)
        return Action(action.translate(_UNPRINTABLE)[:_MAX_ACTION])

    def close(self) -> None:
        for connections in self._unused.values():
            for connection in connections:
                connection.close()
            connections.clear()

    async def _ask(self, name: str, server: Server, attributes: tuple[str, ...]) -> str:
        """The server's action, or in its absence smtpd_policy_service_default_action."""
        attributes = (*attributes, f"policy_context={server.policy_context}")
        for attempt in range(server.try_limit):
            if attempt:
                await asyncio.sleep(server.retry_delay)
            try:
                return await self._try(name, server, attributes)
            except ServerTrouble as trouble:
                self._log.trouble(name, str(trouble))
        return server.default_action

    async def _try(self, name: str, server: Server, attributes: tuple[str, ...]) -> str:
        """Raises ServerTrouble. A kept connection that fails says nothing of the server."""
        unused = self._unused[name]
        while unused:
            connection = unused.pop()
            if connection.may_be_used_again(server):
                try:
                    return await self._use(connection, name, server, attributes)
                except ServerTrouble:
                    continue
            connection.close()
        return await self._use(await Connection.open(server), name, server, attributes)

    async def _use(
        self, connection: Connection, name: str, server: Server, attributes: tuple[str, ...]
    ) -> str:
        try:
            action = await connection.ask(attributes, server.timeout)
        except BaseException:
            connection.close()
            raise
        if connection.may_be_used_again(server):
            self._unused[name].append(connection)
        else:
            connection.close()
        return action
