"""A real resolver (unbound) in a machine, answering from a list of records and nothing else.

A name that is not listed does not exist; a listed name without the type asked for has no data.
"""

from collections.abc import Iterable

from machine.booted import Machine

CONFIGURATION = "/etc/unbound/nameserver.conf"
HEAD = """\
server:
  interface: 0.0.0.0
  interface: ::0
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
  num-threads: 1
  cache-max-ttl: 0
  local-zone: "." static
"""


class Nameserver:
    """Serve ``records`` ("example.org. MX 10 mx.example.org.") from ``machine``."""

    def __init__(self, machine: Machine, records: Iterable[str] = ()) -> None:
        self.machine = machine
        self.records = list(records)
        machine.attempt("systemctl", "stop", "nameserver")
        self.start()

    def start(self) -> None:
        """At first, and after ``stop``."""
        self._write()
        self.machine.run(
            *("systemd-run", "--quiet", "--unit=nameserver", "--property=Restart=always"),
            *("unbound", "-d", "-p", "-c", CONFIGURATION),
        )
        self.machine.wait_for("nameserver answers", self._listens)

    def _listens(self) -> bool:
        return ":53 " in self.machine.run("ss", "-Hlun", "sport", "=", "53")

    def add(self, *records: str) -> None:
        self.records += records
        self._restart()

    def remove(self, *records: str) -> None:
        self.records = [record for record in self.records if record not in records]
        self._restart()

    def stop(self) -> None:
        self.machine.run("systemctl", "stop", "nameserver")

    def serve(self, *users: Machine, address: str = "127.0.0.1") -> None:
        """Point the machines' resolv.conf at ``address``."""
        for user in users:
            user.write("/etc/resolv.conf", f"nameserver {address}\n")

    def _restart(self) -> None:
        self._write()
        self.machine.run("systemctl", "restart", "nameserver")
        self.machine.wait_for("nameserver answers", self._listens)

    def _write(self) -> None:
        data = "".join(f"  local-data: '{record}'\n" for record in self.records)
        self.machine.write(CONFIGURATION, HEAD + data)
