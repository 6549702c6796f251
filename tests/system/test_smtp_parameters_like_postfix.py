"""Parameters of the SMTP client that change what a server hears, or what is made of what it says:
the same is heard and logged as of Debian's Postfix."""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from machine import Machine, Nameserver
from system.comparison import assert_alike, timeless
from system.mailer import Mailer

PORT = 20_025
PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydestination": "localhost",
    "myorigin": "localhost",
    "inet_interfaces": "loopback-only",
    "inet_protocols": "ipv4",
    "relayhost": f"[127.0.0.1]:{PORT}",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "queue_run_delay": "1h",
    "bounce_queue_lifetime": "0",
    "smtp_tls_security_level": "none",
    "smtp_helo_timeout": "3s",
    "smtp_connection_cache_on_demand": "no",
    "smtp_pix_workaround_delay_time": "1s",
}
RECORDS = (
    "alias.example. CNAME host.example.",
    "host.example. A 127.0.0.1",
    f"_submission._tcp.srv.example. SRV 10 0 {PORT} host.example.",
    "_submission._tcp.root.example. SRV 0 0 0 .",
    "fallback.example. A 127.0.0.1",
    "mx.example. MX 10 host.example.",
    "deep.sub.example. A 127.0.0.1",
)
MASKED = "220 *****2******************0*00"
_NO_DOMAIN = {"smtp_dns_resolver_options": "res_defnames"}
_SRV = {"use_srv_lookup": "submission", "smtp_tcp_port": str(PORT)}


class Delivery(NamedTuple):
    """What is configured, how the server greets, for whom the message is, options of sendmail."""

    parameters: dict[str, str]
    greeting: str = "220 mx.example ESMTP"
    recipients: tuple[str, ...] = ("a@z.example",)
    options: tuple[str, ...] = ()


DELIVERIES = {
    "reply filter": Delivery(
        {"smtp_reply_filter": "pcre:{{/^450 (4.2.0 grey.*)$$/ 550 5.7.1 not $$1} {/^what/ 250-x}}"},
        recipients=("a@z.example", "grey@z.example", "odd@z.example"),
    ),
    "no reply filter": Delivery({"smtp_reply_filter": "fail:x"}),
    "masked": Delivery({"smtp_pix_workaround_threshold_time": "0"}, MASKED),
    "masked, new": Delivery({}, MASKED),
    "masked, one of two": Delivery(
        {"smtp_pix_workaround_threshold_time": "0", "smtp_pix_workarounds": "delay_dotcrlf"}, MASKED
    ),
    "masked, by address": Delivery(
        {
            "smtp_pix_workaround_threshold_time": "0",
            "smtp_pix_workaround_maps": "inline:{{127.0.0.1 = disable_esmtp}}",
        },
        MASKED,
    ),
    "not masked": Delivery({"smtp_pix_workaround_threshold_time": "0"}),
    "dummy auth": Delivery(
        {
            "smtp_send_dummy_mail_auth": "yes",
            "smtp_sasl_auth_enable": "yes",
            "smtp_sasl_password_maps": "inline:{{nowhere.example=user:password}}",
        }
    ),
    "alias": Delivery({"relayhost": f"[alias.example]:{PORT}"}),
    "alias believed": Delivery(
        {"relayhost": f"[alias.example]:{PORT}", "smtp_cname_overrides_servername": "yes"}
    ),
    "no address": Delivery(
        {"relayhost": "[alias.example]", "smtp_dns_reply_filter": "pcre:{{/ A /i IGNORE}}"}
    ),
    "no exchanger": Delivery(
        {"relayhost": "mx.example", "smtp_dns_reply_filter": "pcre:{{/ MX / IGNORE}}"}
    ),
    "a filter that is none": Delivery(
        {"relayhost": "mx.example", "smtp_dns_reply_filter": "pcre:{{/ MX / foo}}"}
    ),
    "service": Delivery({"relayhost": "srv.example:submission", **_SRV}),
    "no service": Delivery({"relayhost": "fallback.example:submission", **_SRV}),
    "no such service": Delivery({"relayhost": "root.example:submission", **_SRV}),
    "fallback": Delivery(
        {
            "relayhost": f"fallback.example:{PORT}",
            "use_srv_lookup": str(PORT),
            "allow_srv_lookup_fallback": "yes",
        }
    ),
    "port by name": Delivery(
        {"relayhost": "[127.0.0.1]:mine", "known_tcp_ports": f"smtp=25, mine = its={PORT}"}
    ),
    "port by default": Delivery(
        {"relayhost": "[127.0.0.1]", "known_tcp_ports": f"mine={PORT}", "smtp_tcp_port": "mine"}
    ),
    "whole names": Delivery({"relayhost": f"[host]:{PORT}"}),
    "no domain": Delivery({"relayhost": f"[host]:{PORT}", **_NO_DOMAIN}),
    "no domain, exchanger": Delivery({"relayhost": f"mx:{PORT}", **_NO_DOMAIN}),
    "no domain, alias": Delivery({"relayhost": f"[alias]:{PORT}", **_NO_DOMAIN}),
    "no such name": Delivery({"relayhost": f"[nobody]:{PORT}", **_NO_DOMAIN}),
    "half a domain": Delivery({"relayhost": f"[deep.sub]:{PORT}", **_NO_DOMAIN}),
    "search": Delivery(
        {"relayhost": f"[deep.sub]:{PORT}", "smtp_dns_resolver_options": "res_dnsrch"}
    ),
    "probe": Delivery(
        {"smtp_address_verify_target": "data"},
        recipients=("a@z.example", "grey@z.example"),
        options=("-bv",),
    ),
    "probe as always": Delivery({}, options=("-bv",)),
}


def test_the_same_is_heard_and_logged(
    postfix: Machine, mail: Mailer, nameserver: Nameserver
) -> None:
    nameserver.add(*RECORDS)
    Nameserver(postfix, RECORDS)
    for machine in (mail.machine, postfix):
        machine.sh("echo search example >> /etc/resolv.conf")
    ours, theirs = {}, {}
    for name, delivery in DELIVERIES.items():
        for machine in (mail.machine, postfix):
            _configure(machine, PARAMETERS | delivery.parameters)
        mail.reload()
        # systemd refuses to start it often.
        postfix.sh("systemctl reset-failed postfix; systemctl restart postfix")
        ours[name] = _delivered(mail.machine, delivery)
        theirs[name] = _delivered(postfix, delivery)
    Nameserver(postfix)
    for machine in (mail.machine, postfix):
        machine.sh("sed -i /^search/d /etc/resolv.conf")
    assert_alike((name, ours[name], theirs[name]) for name in DELIVERIES)
    assert len({str(heard) for heard, _ in ours.values()}) > 5


def _configure(machine: Machine, parameters: Mapping[str, str]) -> None:
    """These, and none that another delivery has changed."""
    changed = {name for delivery in DELIVERIES.values() for name in delivery.parameters}
    machine.run("postconf", "-X", *sorted(changed))
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))


def _delivered(machine: Machine, delivery: Delivery) -> tuple[list[str], list[str]]:
    """What the server heard, and the log."""
    since = machine.from_now_on()
    count = len(delivery.recipients)

    def settled() -> list[str]:
        log = machine.messages(since, "SYSLOG_FACILITY=2")
        return (
            log
            if len([one for one in log if "status=" in one and ".example>" in one]) >= count
            else []
        )

    with _serving(machine, delivery.greeting) as heard:
        machine.run(
            *("sendmail", *delivery.options, "-f", "alice", *delivery.recipients),
            text="Subject: x\n\nhello\n",
        )
        log = machine.wait_for("a word on every recipient", settled, 30)
        time.sleep(0.3)  # For what is said behind the last word.
    machine.attempt("postsuper", "-d", "ALL")
    said = [_likened(line) for line in log if line.startswith("postfix/smtp: ")]
    return heard, sorted(said)


@contextmanager
def _serving(machine: Machine, greeting: str) -> Iterator[list[str]]:
    """A server for one connection at a time; what it heard, pauses too."""
    listener = machine.listen(PORT, "127.0.0.1")
    heard: list[str] = []
    listener.settimeout(0.2)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(20)
            with connection, connection.makefile("rwb", buffering=0) as stream:
                _converse(stream, greeting, heard)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield heard
    finally:
        over.set()
        thread.join()
        listener.close()


def _converse(stream: BinaryIO, greeting: str, heard: list[str]) -> None:
    """As a server that knows AUTH and no other extension."""
    in_content = False
    stream.write(f"{greeting}\r\n".encode())
    last = time.monotonic()
    while line := stream.readline():
        now = time.monotonic()
        if now - last > 0.7:
            heard.append("(pause)")
        last = now
        command = line.decode().rstrip("\r\n")
        if in_content:
            in_content = command != "."
            if not in_content:
                heard.append(".")
                stream.write(b"250 2.0.0 Ok\r\n")
            continue
        # With which Postfix ends a probe.
        if command != "RSET":
            heard.append(re.sub(r"SIZE=\d+", "SIZE=", command))
        stream.write(_reply(command).encode() + b"\r\n")
        in_content = command == "DATA"
        if command == "QUIT":
            return


def _reply(command: str) -> str:
    if "<grey@" in command:
        return "450 4.2.0 greylisted"
    if "<odd@" in command:
        return "what?\r\n250 2.1.5 Ok"
    usual = {"EHLO": "250-mx.example\r\n250 AUTH PLAIN", "DATA": "354 go", "QUIT": "221 bye"}
    return usual.get(command[:4], "250 2.0.0 Ok")


_TIMES = re.compile(r"delays?=[\d./]+, ")


# Of our name service's memory, and of which message a table was asked for.
_OURS = re.compile(r"(?<=example\. )\d+(?= IN )|(?<=warning: )ID: (?=table )")


def _likened(text: str) -> str:
    return _OURS.sub("", _TIMES.sub("", timeless(text)))
