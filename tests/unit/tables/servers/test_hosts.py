"""Several servers for one table: who is asked, who is left alone, what is kept open."""

from collections.abc import Callable

import pytest

from postroom.tables import TableError
from postroom.tables.servers import hosts as hosts_module
from postroom.tables.servers.hosts import Driver, Host, Hosts


class Away(Exception):
    pass


class Park:
    """Servers that can be away; a connection is the number of its making."""

    def __init__(self, *names: str, retry: float = 60, idle: float = 60) -> None:
        self.away: set[str] = set()
        self.asked: list[str] = []
        self.closed: list[tuple[str, int]] = []
        self._made = 0
        driver = Driver(self._connect, self.closed.append, (Away,))
        self.hosts: Hosts[tuple[str, int]] = Hosts(
            "mysql:/x", names, driver, retry=retry, idle=idle
        )

    def _connect(self, host: Host) -> tuple[str, int]:
        self.asked.append(host.place)
        if host.place in self.away:
            raise Away("connection refused")
        self._made += 1
        return host.place, self._made

    def ask(self) -> tuple[str, int]:
        def work(connection: tuple[str, int]) -> tuple[str, int]:
            if connection[0] in self.away:
                raise Away("gone")
            return connection

        return self.hosts.run(work)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = [1000.0]
    monkeypatch.setattr(hosts_module.time, "monotonic", lambda: now[0])

    def advance(seconds: float) -> None:
        now[0] += seconds

    return advance


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("db", Host("inet", "db")),
        ("db:33", Host("inet", "db", "33")),
        ("inet:db:33", Host("inet", "db", "33")),
        ("unix:/run/x.sock", Host("unix", "/run/x.sock")),
        ("[2001:db8::1]:33", Host("inet", "2001:db8::1", "33")),
        ("inet:[::1]", Host("inet", "::1")),
        ("postgresql://u@h/d", Host("uri", "postgresql://u@h/d")),
    ],
)
def test_hosts_are_written_as_in_mysql_table(text: str, host: Host) -> None:
    assert Host.parse(text) == host


def test_the_connection_is_kept_and_used_again(clock: Callable[[float], None]) -> None:
    park = Park("a")
    assert park.ask() == park.ask() == ("a", 1)
    clock(61)
    assert park.ask() == ("a", 2)
    assert park.closed == [("a", 1)]


def test_when_a_server_is_away_the_other_answers_and_the_first_is_left_alone(
    clock: Callable[[float], None],
) -> None:
    park = Park("a", "b")
    park.away = {"a"}
    assert {park.ask()[0] for _ in range(20)} == {"b"}
    assert park.asked.count("a") <= 1
    park.away = {"b"}
    clock(61)
    assert park.ask()[0] == "a"


def test_a_server_on_a_unix_socket_is_preferred() -> None:
    assert {Park("a", "unix:/b", "c").ask()[0] for _ in range(20)} == {"/b"}


def test_a_single_server_is_tried_again_at_once() -> None:
    park = Park("a")
    park.away = {"a"}
    with pytest.raises(TableError, match="mysql:/x: a: connection refused"):
        park.ask()
    park.away = set()
    assert park.ask()[0] == "a"


def test_a_kept_connection_that_died_is_no_failure_of_its_server() -> None:
    park = Park("a", "b")
    name, _ = park.ask()
    park.away = {name}
    assert park.ask()[0] != name

    alone = Park("a")
    alone.ask()
    alone.hosts.run(lambda connection: None)
    died = [True]

    def once(connection: tuple[str, int]) -> int:
        if died.pop():
            died.append(False)
            raise Away("server has gone away")
        died.append(False)
        return connection[1]

    assert alone.hosts.run(once) == 2


def test_when_all_are_away_the_table_is() -> None:
    park = Park("a", "b")
    park.away = {"a", "b"}
    with pytest.raises(TableError, match="connection refused"):
        park.ask()
    with pytest.raises(TableError, match="a short while ago"):
        park.ask()


def test_no_hosts_is_no_table() -> None:
    with pytest.raises(TableError, match="no hosts"):
        Park()
