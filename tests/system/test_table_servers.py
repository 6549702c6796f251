"""Tables at real servers: mail goes where they say, and waits while they are away."""

import pytest

from system.conftest import Hosts
from system.dialogue import send, talk
from system.mailer import Mailer
from system.table_servers import ENCRYPTED, SERVERS, TABLE, TableServer

LIBRARIES = ("python3-pymysql", "python3-psycopg2", "python3-ldap", "python3-pymemcache")


@pytest.fixture(scope="module")
def libraries(hosts: Hosts) -> None:
    """What the package suggests for such tables."""
    machine = hosts.mail.machine
    machine.run("apt-get", "install", "-y", "-q", "--no-install-recommends", *LIBRARIES)


def _recipient(mail: Mailer, address: str, reply: str) -> None:
    talk(
        mail.machine.connect(),
        f"""
        S: 220
        C: EHLO client.example.net
        S: 250
        C: MAIL FROM:<sender@example.net>
        S: 250
        C: RCPT TO:<{address}>
        S: {reply}
        C: QUIT
        S: 221
        """,
    )


def _wait_until_accepted(mail: Mailer, address: str) -> None:
    """A server found away is not asked again before its ``retry_interval`` has passed."""

    def accepted() -> bool:
        try:
            _recipient(mail, address, "250")
        except AssertionError:
            return False
        return True

    mail.machine.wait_for(f"{address} to be found in the table", accepted)


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("name", ["mysql", "pgsql", "ldap", "socketmap"])
def test_mail_goes_where_the_table_says_and_waits_while_its_server_is_away(
    mail: Mailer, name: str
) -> None:
    server: TableServer = SERVERS[name]
    machine = mail.machine
    server.install(machine)
    server.start(machine)
    try:
        mail.set(virtual_alias_maps=server.table)
        send(mail.machine.connect(), "sender@example.net", "all@example.org")
        mail.wait_for_mail("alice")
        mail.wait_for_mail("bob")
        _recipient(mail, "nobody-here@example.org", "550 5.1.1")

        server.stop(machine)
        _recipient(mail, "someone-else@example.org", "451 4.3.0")

        server.start(machine)
        _wait_until_accepted(mail, "info@example.org")
        send(mail.machine.connect(), "sender@example.net", "info@example.org")
        mail.wait_for_mail("alice", count=2)
    finally:
        server.stop(machine)


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("name", ["memcache", "sqlite", "tcp"])
def test_the_table_answers_and_says_so_when_its_server_is_away(hosts: Hosts, name: str) -> None:
    """Less of a story: these differ from the others in who is asked, not in what comes of it."""
    server: TableServer = SERVERS[name]
    machine = hosts.mail.machine
    server.install(machine)
    server.start(machine)
    try:
        for key, value in (("info@example.org", "alice"), ("all@example.org", "alice,bob")):
            assert machine.run("postmap", "-q", key, server.table) == f"{value}\n"
        missing = machine.attempt("postmap", "-q", "nobody@example.org", server.table)
        assert (missing.returncode, missing.stdout, missing.stderr) == (1, "", "")
    finally:
        server.stop(machine)
    away = machine.attempt("postmap", "-q", "info@example.org", server.table)
    assert away.stderr.startswith(f"postmap: fatal: {server.table}: ")


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize("name", sorted(ENCRYPTED))
def test_a_server_is_asked_under_tls_and_has_to_be_the_one_that_is_meant(
    mail: Mailer, name: str
) -> None:
    server = ENCRYPTED[name]
    machine = mail.machine
    server.install(machine)
    server.start(machine)
    try:
        mail.set(virtual_alias_maps=server.table)
        send(machine.connect(), "sender@example.net", "info@example.org")
        mail.wait_for_mail("alice")

        question = ("postmap", "-q", "info@example.org", server.table)
        assert machine.run(*question) == "alice\n"
        machine.write(TABLE, server.file.replace("server.pem", "other.pem"))
        asked = machine.attempt(*question)
        assert (asked.returncode, asked.stdout) == (1, "")
        assert asked.stderr.startswith(f"postmap: fatal: {server.table}: ")
        assert "certificate verify failed" in asked.stderr
    finally:
        server.stop(machine)


@pytest.mark.usefixtures("libraries")
def test_the_parameters_of_a_table_may_stand_in_main_cf(mail: Mailer) -> None:
    server = SERVERS["ldap"]
    server.install(mail.machine)
    server.start(mail.machine)
    try:
        lines = (line.split(" = ") for line in server.file.splitlines())
        parameters = {f"people_{name}": value for name, value in lines}
        mail.set(virtual_alias_maps="ldap:people", **parameters)
        send(mail.machine.connect(), "sender@example.net", "info@example.org")
        mail.wait_for_mail("alice")
    finally:
        server.stop(mail.machine)


@pytest.mark.usefixtures("libraries")
def test_a_password_that_changes_is_taken_up_without_a_reload(mail: Mailer) -> None:
    server = SERVERS["ldap"]
    machine = mail.machine
    server.install(machine)
    server.start(machine)
    try:
        machine.write(TABLE, server.file.replace("secret", "wrong"))
        mail.set(virtual_alias_maps=server.table)
        _recipient(mail, "info@example.org", "451 4.3.0")
        machine.write(TABLE, server.file)
        _wait_until_accepted(mail, "info@example.org")
    finally:
        server.stop(machine)
