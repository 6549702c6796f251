"""A mail provider: Debian's Postfix with Dovecot's passwords, at 587 and 465, with certificates."""

import mailbox
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import Message

from machine import Machine, connect

ADDRESS = "10.78.0.2"
RECORDS = (
    f"smtp.example.net. A {ADDRESS}",
    "customers.example. MX 10 smtp.example.net.",
)
USER, PASSWORD = "ann@example.net", "correct horse: battery"
# ``smtp.example.net`` is whom customers know; ``customer`` is for one of them, and the others are
# for stories in which something is amiss.
_CERTIFICATES = """
set -e; mkdir -p /etc/provider; cd /etc/provider; echo "basicConstraints=critical,CA:TRUE" >ca.ext
openssl ecparam -genkey -name prime256v1 -noout -out key.pem
openssl req -new -key key.pem -subj "/CN=Provider CA" -out ca.csr
openssl x509 -req -in ca.csr -key key.pem -extfile ca.ext -days 30 -out ca.pem
openssl ecparam -genkey -name prime256v1 -noout -out server.key
issue() {
  openssl req -new -key server.key -subj "/CN=$2" -addext "subjectAltName=DNS:$2" -out x.csr
  openssl x509 -req -in x.csr -CA ca.pem -CAkey key.pem -copy_extensions copy $3 -out $1.pem
}
issue good smtp.example.net "-days 30"
issue other other.example.net "-days 30"
issue customer mail.example.org "-days 30"
issue expired smtp.example.net "-not_before 20200101000000Z -not_after 20200201000000Z"
"""
_DOVECOT = f"""\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols =
auth_mechanisms = plain login cram-md5
passdb static {{
  password = "{{PLAIN}}{PASSWORD}"
}}
userdb static {{
  fields {{
    uid = nobody
    gid = nogroup
    home = /nonexistent
  }}
}}
service auth {{
  unix_listener /var/spool/postfix/private/auth {{
    mode = 0666
  }}
}}
"""
_OPTIONS = (
    "smtpd_sasl_auth_enable=yes",
    "smtpd_sasl_type=dovecot",
    "smtpd_sasl_path=private/auth",
    "smtpd_recipient_restrictions=permit_sasl_authenticated,reject",
)
_PARAMETERS = {
    "myhostname": "smtp.example.net",
    "mydestination": "example.net, elsewhere.example, customers.example",
    "inet_interfaces": "all",
    "smtpd_tls_key_file": "/etc/provider/server.key",
    "smtpd_tls_cert_file": "/etc/provider/good.pem",
    "smtpd_tls_security_level": "may",
}


class Provider:
    """One machine; ``certificate`` says which of the certificates it shows from now on."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        machine.sh(_CERTIFICATES)
        self.authority = machine.read("/etc/provider/ca.pem")
        machine.write("/etc/dovecot/dovecot.conf", _DOVECOT)
        self._services()
        self.set(**_PARAMETERS)
        machine.run("systemctl", "restart", "dovecot")

    def _services(self) -> None:
        for service, level in (
            ("submission", "smtpd_tls_security_level=encrypt"),
            ("submissions", "smtpd_tls_wrappermode=yes"),
        ):
            self.machine.run("postconf", "-M", f"{service}/inet={service} inet n - n - - smtpd")
            options = [f"{service}/inet/{option}" for option in (level, *_OPTIONS)]
            self.machine.run("postconf", "-P", *options)

    def set(self, **parameters: str) -> None:
        machine = self.machine
        machine.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))
        machine.run("systemctl", "restart", "postfix")

    def shows(self, certificate: str) -> None:
        """good, other (of another host) or expired."""
        self.set(smtpd_tls_cert_file=f"/etc/provider/{certificate}.pem")

    def begin(self) -> None:
        """As it was when it was made."""
        changed = r"s/^\(smtpd\?_tls_[^ ]*\|relayhost\) .*/\1/p"
        self.machine.sh(f"postconf -X $(postconf -n | sed -n '{changed}')")
        self.set(**_PARAMETERS)
        self.machine.sh("rm -f /var/mail/*")

    def wait_for_mail(self, user: str) -> Message:
        """The one message that this user gets."""

        def look() -> list[Message]:
            with closing(mailbox.mbox(self.machine.path(f"/var/mail/{user}"), create=False)) as box:
                return list(box)

        def arrived() -> list[Message]:
            try:
                return look()
            except mailbox.NoSuchMailboxError:
                return []

        (message,) = self.machine.wait_for(f"mail for {user}", arrived, 30)
        return message

    def log(self, text: str) -> list[str]:
        """What smtpd has said with ``text`` in it since it was made."""
        lines = self.machine.messages("-t", "postfix/submission/smtpd", "-t", "postfix/smtpd")
        return [line for line in lines if text in line]


@contextmanager
def provider_of(customer: Machine, name: str) -> Iterator[Provider]:
    """Wired to one machine, which it is 10.78.0.2 for."""
    with Machine(name, "smtp.example.net") as machine:
        connect(customer, machine, net=78, interface="provider0")
        machine.add_user("zoe")
        machine.run("apt-get", "install", "-y", "-q", "postfix", "dovecot-core")
        yield Provider(machine)
