"""Servers of lookup tables in a machine: each knows info@example.org → alice, all → alice, bob."""

from typing import NamedTuple

from machine.booted import Machine

TABLE = "/etc/postroom/people.cf"
DIRECTORY = "/srv/people"
_BINARIES = "/usr/lib/postgresql/17/bin"

_MARIADB = """
mkdir -p $1/maria/mysql
(echo 'USE mysql;'; cat /usr/share/mariadb/mariadb_system_tables.sql
 cat <<'END'
FLUSH PRIVILEGES;
CREATE DATABASE m;
CREATE TABLE m.aliases (address varchar(80), goto varchar(80));
INSERT INTO m.aliases VALUES ('info@example.org','alice');
INSERT INTO m.aliases VALUES ('all@example.org','alice'),('all@example.org','bob');
CREATE USER mailer@'%' IDENTIFIED BY 'secret';
GRANT SELECT ON m.* TO mailer@'%';
END
) | mariadbd --no-defaults --user=root --datadir=$1/maria --bootstrap 2>/dev/null
"""
_POSTGRES = f"""
install -d -o nobody $1/pg $1/pgsock
runuser -u nobody -- {_BINARIES}/initdb -D $1/pg -U mailer -A trust --no-sync -E UTF8 >/dev/null
runuser -u nobody -- {_BINARIES}/postgres --single -j -D $1/pg postgres >/dev/null <<'END'
CREATE TABLE aliases (address text, goto text);

INSERT INTO aliases VALUES ('info','alice'),('all','alice'),('all','bob');
END
"""
_SLAPD = """
mkdir -p $1/ldap
cat >$1/slapd.conf <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix dc=example
rootdn cn=mailer,dc=example
rootpw secret
directory $1/ldap
access to * by * none
END
slapadd -q -f $1/slapd.conf <<'END'
dn: dc=example
objectClass: dcObject
objectClass: organization
o: example

dn: cn=alice,dc=example
objectClass: inetOrgPerson
cn: alice
sn: alice
mail: info@example.org
mail: all@example.org

dn: cn=bob,dc=example
objectClass: inetOrgPerson
cn: bob
sn: bob
mail: all@example.org
END
"""
_SQLITE = """
mkdir -p $1
python3 - $1/people.db <<'END'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("CREATE TABLE aliases (address, goto)")
    rows = [("info@example.org", "alice"), ("all@example.org", "alice"), ("all@example.org", "bob")]
    db.executemany("INSERT INTO aliases VALUES (?, ?)", rows)
END
"""
# Speaks both protocols: socketmap on the first port, tcp_table on the second.
_SPEAKER = """
mkdir -p $1
cat >$1/speaker.py <<'END'
import socketserver, threading
PEOPLE = {"info@example.org": "alice", "all@example.org": "alice,bob"}
class Socketmap(socketserver.StreamRequestHandler):
    def handle(self):
        while digits := self.rfile.readline(1):
            while not digits.endswith(b":"):
                digits += self.rfile.read(1)
            key = self.rfile.read(int(digits[:-1]) + 1)[:-1].decode().split(" ", 1)[1]
            reply = f"OK {PEOPLE[key]}" if key in PEOPLE else "NOTFOUND "
            self.wfile.write(f"{len(reply)}:{reply},".encode())
class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            key = line.decode().split()[1]
            found = f"200 {PEOPLE[key]}" if key in PEOPLE else "500 none"
            self.wfile.write(f"{found}\\n".encode())
socketserver.ThreadingTCPServer.allow_reuse_address = True
servers = [socketserver.ThreadingTCPServer(("127.0.0.1", port), kind)
           for port, kind in ((4001, Socketmap), (4002, Tcp))]
for server in servers:
    threading.Thread(target=server.serve_forever).start()
END
"""
_CACHE = r"""
mkdir -p $1; cat >$1/fill <<'END'
#!/bin/sh
for pair in info@example.org=alice all@example.org=alice,bob; do
    value=${pair#*=}
    printf 'set %s 0 0 %d\r\n%s\r\nquit\r\n' ${pair%=*} ${#value} $value | nc -N 127.0.0.1 4003
done
END
chmod +x $1/fill
"""


class TableServer(NamedTuple):
    """``prepare`` is a script that is told the directory; ``ready`` succeeds once it runs."""

    table: str
    file: str
    prepare: str
    command: str
    ready: str

    def install(self, machine: Machine) -> None:
        """The table's file is for root alone: it may hold a password."""
        machine.sh(f"rm -rf {DIRECTORY}; set -- {DIRECTORY}; {self.prepare}")
        machine.write(TABLE, self.file)
        machine.run("chmod", "600", TABLE)

    def start(self, machine: Machine) -> None:
        machine.sh(f"systemd-run -q --collect --unit=people {self.command}")

        def look() -> bool:
            return machine.attempt("sh", "-c", self.ready).returncode == 0

        machine.wait_for("the table's server", look)

    def stop(self, machine: Machine) -> None:
        machine.attempt("systemctl", "stop", "people")


def _listens(port: int) -> str:
    return f"nc -z 127.0.0.1 {port}"


SERVERS = {
    "mysql": TableServer(
        f"mysql:{TABLE}",
        "hosts = 127.0.0.1:4000 127.0.0.1:3306\nuser = mailer\npassword = secret\ndbname = m\n"
        "retry_interval = 1\nquery = SELECT goto FROM aliases WHERE address = '%s'\n",
        _MARIADB,
        f"mariadbd --no-defaults --user=root --datadir={DIRECTORY}/maria"
        f" --socket={DIRECTORY}/maria.sock --bind-address=127.0.0.1",
        _listens(3306),
    ),
    "pgsql": TableServer(
        f"pgsql:{TABLE}",
        f"hosts = unix:{DIRECTORY}/pgsock\nuser = mailer\ndbname = postgres\ndomain = example.org\n"
        "query = SELECT goto FROM aliases WHERE address = '%u' AND '%d' = 'example.org'\n",
        _POSTGRES,
        f"--uid=nobody {_BINARIES}/postgres -D {DIRECTORY}/pg -k {DIRECTORY}/pgsock"
        " -c listen_addresses= -c jit=off",
        f"{_BINARIES}/pg_isready -q -h {DIRECTORY}/pgsock",
    ),
    "ldap": TableServer(
        f"ldap:{TABLE}",
        "server_host = ldap://127.0.0.1:4389\nsearch_base = dc=example\nversion = 3\n"
        "bind_dn = cn=mailer,dc=example\nbind_pw = secret\n"
        "query_filter = (mail=%s)\nresult_attribute = cn\n",
        _SLAPD,
        f"slapd -d0 -f {DIRECTORY}/slapd.conf -h ldap://127.0.0.1:4389",
        _listens(4389),
    ),
    "memcache": TableServer(
        f"memcache:{TABLE}",
        "memcache = inet:127.0.0.1:4003\nmax_try = 1\n",
        _CACHE,
        "memcached -u nobody -l 127.0.0.1 -p 4003",
        f"{_listens(4003)} && {DIRECTORY}/fill",
    ),
    "sqlite": TableServer(
        f"sqlite:{TABLE}",
        f"dbpath = {DIRECTORY}/link.db\nquery = SELECT goto FROM aliases WHERE address = '%s'\n",
        _SQLITE,
        f"-p ExecStop='rm {DIRECTORY}/link.db' -p RemainAfterExit=yes"
        f" ln -s people.db {DIRECTORY}/link.db",
        f"test -e {DIRECTORY}/link.db",
    ),
    "socketmap": TableServer(
        "socketmap:inet:127.0.0.1:4001:people",
        "",
        _SPEAKER,
        f"python3 {DIRECTORY}/speaker.py",
        _listens(4001),
    ),
    "tcp": TableServer(
        "tcp:127.0.0.1:4002", "", _SPEAKER, f"python3 {DIRECTORY}/speaker.py", _listens(4002)
    ),
}

# libldap takes localhost for a machine's own name.
_CERTIFICATES = """
names=subjectAltName=DNS:localhost,DNS:$(hostname)
for name in server other; do
    set -- $1 "-keyout $1/$name.key -out $1/$name.pem -addext $names"
    openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=localhost $2 2>/dev/null
done
"""
# No server among these is asked in clear, and none may be another than server.pem says.
ENCRYPTED = {
    "mysql": SERVERS["mysql"]._replace(
        file=SERVERS["mysql"].file.replace("127.0.0.1:4000 ", "")
        + f"tls_CAfile = {DIRECTORY}/server.pem\n",
        prepare=_MARIADB + _CERTIFICATES,
        command=f"{SERVERS['mysql'].command} --require-secure-transport=ON"
        f" --ssl-key={DIRECTORY}/server.key --ssl-cert={DIRECTORY}/server.pem",
    ),
    "pgsql": SERVERS["pgsql"]._replace(
        file=SERVERS["pgsql"].file.replace(
            f"unix:{DIRECTORY}/pgsock",
            "postgresql://mailer@localhost:5433/postgres"
            f"?sslmode=verify-full&sslrootcert={DIRECTORY}/server.pem",
        ),
        prepare=f"""{_POSTGRES}{_CERTIFICATES}
        chown nobody $1/server.key
        printf 'hostssl all all %s trust\\n' 127.0.0.1/32 ::1/128 >$1/pg/pg_hba.conf
        """,
        command=f"--uid=nobody {_BINARIES}/postgres -D {DIRECTORY}/pg -k {DIRECTORY}/pgsock -p 5433"
        f" -c ssl=on -c ssl_key_file={DIRECTORY}/server.key"
        f" -c ssl_cert_file={DIRECTORY}/server.pem -c jit=off",
        ready=f"{_BINARIES}/pg_isready -q -h localhost -p 5433",
    ),
    "ldap": SERVERS["ldap"]._replace(
        file=SERVERS["ldap"].file.replace("127.0.0.1", "localhost")
        + f"start_tls = yes\ntls_require_cert = yes\ntls_ca_cert_file = {DIRECTORY}/server.pem\n",
        prepare=f"""{_SLAPD}{_CERTIFICATES}
        sed -i "1i TLSCertificateFile $1/server.pem" $1/slapd.conf
        sed -i "1i TLSCertificateKeyFile $1/server.key" $1/slapd.conf
        sed -i "1i security tls=1" $1/slapd.conf
        """,
    ),
}
