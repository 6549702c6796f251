"""Submission as people use it: ports 587 and 465, a certificate, and Dovecot with passwords."""

from system.mailer import MASTER_CF, Mailer

USER, PASSWORD = "joe@example.org", "correct horse battery"
KEY, CERTIFICATE = "/etc/ssl/private/mail.key", "/etc/ssl/mail.pem"
SOCKET = "/var/spool/postfix/private/auth"
SERVICES = """
submission inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
submissions inet n - n - - smtpd
  -o syslog_name=postfix/submissions
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
"""
_MAKE_CERTIFICATE = f"""
umask 077; mkdir -p /etc/ssl/private
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
  -subj "/CN=$1" -keyout {KEY} -out {CERTIFICATE} 2>/dev/null
chmod 644 {CERTIFICATE}
"""
# A Dovecot of its own: other stories have theirs.
_DOVECOT = f"""\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = /run/dovecot-passwords
protocols =
log_path = syslog
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0
passdb passwd-file {{
  passwd_file_path = /etc/dovecot/passwords
}}
userdb static {{
  fields {{
    uid = nobody
    gid = nogroup
    home = /nonexistent
  }}
}}
service auth {{
  unix_listener {SOCKET} {{
    mode = 0660
    group = postroom-sasl
  }}
}}
"""


def make_certificate(mail: Mailer, name: str) -> None:
    mail.machine.sh(f"set -- {name}; {_MAKE_CERTIFICATE}")


def offer_tls(mail: Mailer, **parameters: str) -> None:
    """As an admin does: a certificate, four lines of main.cf."""
    make_certificate(mail, "mail.example.org")
    mail.set(
        smtpd_tls_security_level="may",
        smtpd_tls_cert_file=CERTIFICATE,
        smtpd_tls_key_file=KEY,
        smtpd_tls_loglevel="1",
        **parameters,
    )


def offer_submission(mail: Mailer, **parameters: str) -> None:
    """With the socket where Postfix's guides have it, in a directory that is closed to others."""
    machine = mail.machine
    if machine.attempt("test", "-e", "/usr/sbin/dovecot").returncode:
        machine.run("apt-get", "install", "-y", "-q", "dovecot-core")
    machine.write("/etc/dovecot/passwords.conf", _DOVECOT)
    machine.write("/etc/dovecot/passwords", f"{USER}:{{PLAIN}}{PASSWORD}\n")
    machine.sh("install -d -m 700 /var/spool/postfix/private")
    start_dovecot(mail)
    machine.write(MASTER_CF, machine.read(MASTER_CF) + SERVICES)
    offer_tls(
        mail,
        smtpd_sasl_type="dovecot",
        smtpd_sasl_path="private/auth",
        smtpd_sasl_authenticated_header="yes",
        smtpd_tls_received_header="yes",
        **parameters,
    )


def start_dovecot(mail: Mailer) -> None:
    """Anew if it runs."""
    machine = mail.machine
    machine.attempt("systemctl", "stop", "passwords.service")
    machine.run(
        *("systemd-run", "--quiet", "--collect", "--unit=passwords"),
        *("dovecot", "-F", "-c", "/etc/dovecot/passwords.conf"),
    )
    machine.wait_for("Dovecot's socket", lambda: machine.path(SOCKET).is_socket(), 10)
