"""A resolver that calls all its answers secure (AD), as a validating one does of signed zones.

Runs in a machine: ``python3 vouching_resolver.py RECORDS``, a file of ``name. TYPE data`` lines.
"""

import socket
import sys
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


def answer(wire: bytes, records: list[str]) -> bytes:
    query = dns.message.from_wire(wire)
    (question,) = query.question
    name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
    found = [record.split(" ", 2) for record in records]
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA | dns.flags.AD
    data = [one[2] for one in found if one[:2] == [name, kind]]
    if data:
        response.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *data))
    elif name not in (one[0] for one in found):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()


def main() -> None:
    file = Path(sys.argv[1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 53))
        while True:
            wire, asker = server.recvfrom(4096)
            server.sendto(answer(wire, file.read_text().splitlines()), asker)


if __name__ == "__main__":
    main()
