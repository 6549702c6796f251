"""A name server on loopback that answers as a test wants, by UDP and TCP on one port."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

# Gets the query; returns packets to send (several: forgeries first), or none to stay silent.
Behaviour = Callable[[dns.message.Message], list[bytes]]


def response(
    query: dns.message.Message,
    *answer: str,
    authority: tuple[str, ...] = (),
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR,
    flags: int = dns.flags.RA,
) -> dns.message.Message:
    """Records as in a zone file: ``"a.example. 60 IN A 192.0.2.1"``."""
    message = dns.message.make_response(query)
    message.flags |= flags
    message.set_rcode(rcode)
    for section, lines in ((message.answer, answer), (message.authority, authority)):
        for line in lines:
            name, ttl, _, kind, data = line.split(" ", 4)
            section.append(dns.rrset.from_text(name, int(ttl), "IN", kind, data))
    return message


def zone(records: dict[tuple[str, str], list[str]]) -> Behaviour:
    """Answers from a table; what is missing does not exist."""

    def behave(query: dns.message.Message) -> list[bytes]:
        (question,) = query.question
        kind = dns.rdatatype.to_text(question.rdtype)
        found = records.get((question.name.to_text(), kind))
        if found is None:
            soa = "example. 300 IN SOA ns.example. root.example. 1 2 3 4 60"
            rcode = dns.rcode.NXDOMAIN
            return [response(query, authority=(soa,), rcode=rcode).to_wire()]
        return [response(query, *found).to_wire(max_size=65_535)]

    return behave


class NameServer(asyncio.DatagramProtocol):
    def __init__(self, behaviour: Behaviour, tcp: Behaviour | None = None) -> None:
        self.behaviour = behaviour
        self.tcp = tcp or behaviour
        self.questions: list[str] = []
        self.by_tcp = 0
        self.port = 0

    async def start(self, address: str = "127.0.0.1", port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._tcp_server = await asyncio.start_server(self._stream, address, port)
        self.port = self._tcp_server.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(address, self.port)
        )

    async def stop(self) -> None:
        self._udp.close()
        self._tcp_server.close()
        for _ in range(3):
            await asyncio.sleep(0.001)

    def datagram_received(self, data: bytes, address: Any) -> None:
        query = dns.message.from_wire(data)
        self.questions.append(query.question[0].to_text())
        for packet in self.behaviour(query):
            self._udp.sendto(packet, address)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.by_tcp += 1
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        query = dns.message.from_wire(await reader.readexactly(length))
        for packet in self.tcp(query):
            writer.write(struct.pack(">H", len(packet)) + packet)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
