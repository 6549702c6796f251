"""The Debian root all machines share as the read-only layer below their own.

It holds what a machine needs to boot and what tests call. Postroom's dependencies and Debian's
Postfix lie in its package cache, downloaded and not installed, so that ``apt-get install`` in a
machine without network does the real thing.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine.places import ROOTS

SUITE = "trixie"
INSTALLED = (
    *("systemd", "systemd-sysv", "dbus", "libnss-systemd", "python3", "iproute2", "procps", "less"),
    *("strace", "swaks", "netcat-openbsd", "unbound", "cron", "e2fsprogs"),
    *("openssl", "libnet-ssleay-perl", "libauthen-sasl-perl"),
    # What smtp-source and smtp-sink are linked with.
    *("libnsl2", "libicu76", "libsasl2-2", "libtlsrpt0", "libdb5.3t64", "libssl3t64"),
)
DEPENDENCIES = (
    *("python3-systemd", "python3-jinja2", "python3-dnspython", "python3-msgspec"),
    *("python3-aiosmtpd", "python3-sdnotify", "python3-uvloop", "libjs-sphinxdoc", "adduser"),
)
# Lookup tables that the package only suggests.
TABLES = (
    *("python3-lmdb", "python3-pymysql", "python3-psycopg2", "python3-ldap", "python3-pymemcache"),
)
# Debian's Postfix to measure against, a mail reader that needs some sendmail, and Dovecot.
PEERS = (
    *("postfix", "postfix-cdb", "postfix-lmdb", "postfix-pcre", "bsd-mailx"),
    *("dovecot-core", "dovecot-lmtpd"),
)
# Another mail system, which no machine has together with that one.
RIVALS = ("exim4-daemon-light",)
# Programs that call sendmail.
PROGRAMS = (
    *("at", "anacron", "logcheck", "logwatch", "smartmontools", "unattended-upgrades"),
    *("mailutils", "s-nail", "mutt", "procmail", "maildrop", "php-cli"),
    *("git-email", "libmailtools-perl", "mdadm", "sympa", "dbconfig-sqlite3"),
)
# Installs packages of another kind.
RPM = ("rpm",)
# Mail filters, policy servers (one wants Postfix installed: its files alone are), and a server that
# makes the senders of forwarded mail ours.
JUDGES = ("opendkim", "rspamd", "postgrey", "postfix-policyd-spf-python", "postsrsd")
# Servers of lookup tables and the libraries they are linked with, unpacked: what else their
# packages depend on (a compiler, an interpreter, accounts) no test wants.
SERVERS = (
    *("mariadb-server-core", "libaio1t64", "libnuma1", "liburing2"),
    *("postgresql-17", "postgresql-client-17", "libpq5", "libldap2", "libxml2", "libxslt1.1"),
    *("slapd", "libargon2-1", "libltdl7", "libwrap0", "memcached"),
)
# Postfix's load generator and sink, without Postfix.
LOAD_TOOLS = """
set -e; d=$(mktemp -d); dpkg -x "$1"/var/cache/apt/archives/postfix_*.deb $d
cp $d/usr/sbin/smtp-source $d/usr/sbin/smtp-sink "$1"/usr/local/bin/
mkdir -p "$1"/usr/lib/postfix; cp $d/usr/lib/postfix/*.so "$1"/usr/lib/postfix/; rm -r $d
"""
UNPACK_SERVERS = f"""
set -e; d=$(mktemp -d -p "$1"/tmp); chmod 755 $d
chroot "$1" sh -c 'cd /tmp/${{1##*/}} && apt-get download -q $2' - $d "{" ".join(SERVERS)}"
for package in $d/*.deb
do dpkg-deb --fsys-tarfile $package | tar -x --keep-directory-symlink -C "$1"; done
rm -r $d "$1"/etc/init.d/slapd "$1"/etc/init.d/memcached
"""
# Trees with another recipe may share the directory.
KEPT_SECONDS = 24 * 3600
# A machine has no network: what apt cannot find in its cache it must not want.
OFFLINE = 'APT::Install-Recommends "false"; Acquire::Languages "none"; Acquire::Retries "0";'
FIRST_BOOT = f"""
set -e; echo '{OFFLINE}' >"$1"/etc/apt/apt.conf.d/80offline
rm -f "$1"/etc/machine-id "$1"/etc/resolv.conf; touch "$1"/etc/machine-id
rm -f "$1"/etc/systemd/system/multi-user.target.wants/unbound*.service
mkdir -p "$1"/var/log/journal
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    e2scrub_reap.service fstrim.timer console-getty.service systemd-networkd-wait-online.service
do ln -sf /dev/null "$1"/etc/systemd/system/$unit; done
"""


def base_root() -> Path:
    """The finished root, built at first use (half a minute, from Debian's mirror)."""
    root = ROOTS / _key()
    with _lock():
        if not root.exists():
            _build(root)
        # Debian's packages give / a time of theirs.
        os.utime(root)
        _forget_old()
    return root


def _key() -> str:
    recipe = json.dumps(
        [
            *(SUITE, INSTALLED, DEPENDENCIES, TABLES, PEERS, RIVALS, PROGRAMS, RPM, JUDGES),
            *(LOAD_TOOLS, UNPACK_SERVERS, FIRST_BOOT),
        ]
    )
    return f"{SUITE}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


@contextmanager
def _lock() -> Iterator[None]:
    ROOTS.mkdir(parents=True, exist_ok=True)
    with (ROOTS / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(root: Path) -> None:
    unfinished = root.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with (ROOTS / "build.log").open("w") as log:
        done = subprocess.run(
            _mmdebstrap(unfinished), stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if done.returncode:
        raise RuntimeError((ROOTS / "build.log").read_text()[-2000:])
    unfinished.rename(root)


def _mmdebstrap(root: Path) -> list[str]:
    download = 'chroot "$1" apt-get install -y -q --download-only --no-install-recommends '
    return [
        # What it mounts must not outlive it, however it ends.
        *("unshare", "--mount", "--", "mmdebstrap"),
        "--quiet",
        "--variant=minbase",
        "--skip=cleanup/apt/lists,cleanup/apt/cache",
        "--include=" + ",".join(INSTALLED),
        f"--customize-hook={download}{' '.join(DEPENDENCIES)}",
        f"--customize-hook={download}{' '.join(TABLES)}",
        f"--customize-hook={download}{' '.join(PEERS + PROGRAMS + RPM + JUDGES)}",
        f"--customize-hook={download}{' '.join(RIVALS)}",
        f"--customize-hook={LOAD_TOOLS}",
        f"--customize-hook={UNPACK_SERVERS}",
        f"--customize-hook={FIRST_BOOT}",
        SUITE,
        str(root),
    ]


def _forget_old() -> None:
    """Roots that no tree asked for lately go, unless a machine still stands on one."""
    for root in ROOTS.iterdir():
        is_old = time.time() - root.stat().st_mtime > KEPT_SECONDS
        if root.is_dir() and is_old and not _in_use(root):
            shutil.rmtree(root, ignore_errors=True)


def _in_use(root: Path) -> bool:
    # The kernel knows no links: .build/roots may be one, to share what was built.
    place = str(root.resolve())
    for mounts in Path("/proc").glob("[0-9]*/mountinfo"):
        try:
            if place in mounts.read_text():
                return True
        except OSError:  # the process went away
            continue
    return False
