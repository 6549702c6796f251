"""Parameters of smtpd that change what clients are told and what the log has of them: the same is
said and logged as by Debian's Postfix."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from machine import Machine, Nameserver
from system.comparison import assert_alike, field_by_field, timeless
from system.mailer import Mailer

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydomain": "example.org",
    "mydestination": "localhost, example.org",
    "myorigin": "example.org",
    "mail_name": "Postfix",
    "smtpd_banner": "hello",
    "inet_interfaces": "loopback-only",
    "mynetworks": "127.0.0.0/8",
    "relay_domains": "relay.example",
    "relay_recipient_maps": "",
    "notify_classes": "",
    "defer_transports": "local, relay",
    "queue_run_delay": "1h",
    "enable_long_queue_ids": "yes",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
}
MX, ADDRESS = "known.example. MX 10 mx.known.example.", "mx.known.example. A 192.0.2.1"
RECORDS = (
    *(MX, ADDRESS, "other.example. A 192.0.2.2", "backup.example. MX 20 example.org."),
    *("backup.example. MX 10 mx.known.example.", "mail.example.org. A 127.0.0.1"),
    *("1.0.0.127.bl.example. A 127.0.0.2", "alias.example. CNAME other.example."),
)
_CONTENT = "Subject: x\r\n\r\nhello\r\n."


def _all_ignored(*kinds: str) -> dict[str, str]:
    pattern = f"/ ({'|'.join(kinds)}) / IGNORE"
    return {"smtpd_dns_reply_filter": f"pcre:{{{{{pattern}}}}}"}


class Visit(NamedTuple):
    """What is configured, and what a client says then."""

    parameters: dict[str, str]
    lines: str


VISITS = {
    "footer": Visit(
        {
            "smtpd_reject_footer": r"\c. Call $client_name [$client_address] $server_name"
            r" ${helo_name?$helo_name}${unknown:none} $foo\nsecond line",
            "smtpd_reject_footer_maps": "pcre:{{/^500 / of $$$$server_name "
            "($$$${client_address})} {/^502/ x}}",
            "smtpd_expansion_filter": r"abcdefghijklmnopqrstuvwxyz[]12\56",
        },
        "EHLO a_client.example; GARBAGE; RCPT TO:<x>; MAIL FROM:<a@b.example>; "
        "RCPT TO:<nobody@example.org>; RCPT TO:<x@elsewhere.example>; RCPT TO:me",
    ),
    "command filter": Visit(
        {
            "smtpd_command_filter": "pcre:{{/^NOPE (.*)/ NOOP} {/^\\s*$$/ NOOP} "
            "{/^(HELO)$$/ HELO h.x}}"
        },
        "HELO; NOPE nope; ;   NOPE; MAIL FROM:<a@b.example>; DATA; NOPE x",
    ),
    "keywords": Visit(
        {
            "smtpd_discard_ehlo_keywords": "verp",
            "smtpd_discard_ehlo_keyword_address_maps": "inline:{{127.0.0.1=chunking, dsn size x}}",
        },
        "EHLO x; MAIL FROM:<a@b.example> SIZE=10; RSET; MAIL FROM:<a@b.example> RET=FULL",
    ),
    "silent": Visit(
        {
            "smtpd_discard_ehlo_keywords": "verp",
            "smtpd_discard_ehlo_keyword_address_maps": (
                "inline:{{127.0.0.2=dsn}, {127.0.0.1 = silent-discard, etrn, chunking}}"
            ),
        },
        "EHLO x",
    ),
    "port, hidden session": Visit(
        {"smtpd_client_port_logging": "yes", "smtpd_hide_client_session": "yes"},
        "EHLO x; NOPE; MAIL FROM:<a@b.example>; RCPT TO:<x@elsewhere.example>; "
        "RCPT TO:<nobody@example.org>; RCPT TO:<alice@example.org>; DATA; CONTENT",
    ),
    "permissions": Visit(
        {
            "smtpd_log_access_permit_actions": "static:all",
            "smtpd_restriction_classes": "class",
            "class": "permit_inet_interfaces",
            "smtpd_recipient_restrictions": (
                "check_recipient_access inline:{{alice@example.org=permit}}, "
                "check_sender_access inline:{{x@ok.example=permit_mynetworks}}, "
                "check_sender_access inline:{{y@ok.example=OK}}, "
                "check_helo_access inline:{{h.example=RELAY}}, permit_auth_destination, class"
            ),
        },
        "HELO h.example; MAIL FROM:<>; RCPT TO:<alice@example.org>; "
        "RCPT TO:<bob@localhost>; EHLO x; MAIL FROM:<a@b.example>; "
        "RCPT TO:<bob@example.org>; RCPT TO:<x@z.example>; RSET; "
        "MAIL FROM:<x@ok.example>; RCPT TO:<bob@example.org>; RSET; "
        "MAIL FROM:<y@ok.example>; RCPT TO:<bob@example.org>",
    ),
    "some permissions": Visit(
        {
            "smtpd_log_access_permit_actions": "!permit_mynetworks, ok",
            "smtpd_sender_restrictions": "check_sender_access inline:{{y@ok.example=OK}}",
        },
        "EHLO x; MAIL FROM:<y@ok.example>; RCPT TO:<bob@example.org>; DATA; CONTENT",
    ),
    "open from MAIL on": Visit(
        {"smtpd_delay_open_until_valid_rcpt": "no"},
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<nobody@example.org>; RSET; "
        "MAIL FROM:<a@b.example>; RCPT TO:<bob@example.org>; DATA; CONTENT",
    ),
    "no address": Visit(
        {
            **_all_ignored("MX", "A", "AAAA"),
            "smtpd_helo_restrictions": "reject_unknown_helo_hostname",
            "smtpd_sender_restrictions": "reject_unknown_sender_domain",
            "smtpd_recipient_restrictions": "reject_unknown_recipient_domain, "
            "reject_rbl_client bl.example",
        },
        "EHLO known.example; MAIL FROM:<a@known.example>; RCPT TO:<bob@nowhere.example>; "
        "RCPT TO:<bob@other.example>",
    ),
    "some addresses": Visit(
        {
            **_all_ignored("MX", "AAAA"),
            "smtpd_sender_restrictions": "reject_unknown_sender_domain",
        },
        "EHLO x; MAIL FROM:<a@other.example>; RCPT TO:<bob@example.org>",
    ),
    "a filter that is none": Visit(
        {
            "smtpd_dns_reply_filter": "pcre:{{/^known/ x}}",
            "smtpd_sender_restrictions": "reject_unknown_sender_domain",
        },
        "EHLO x; MAIL FROM:<a@known.example>; RCPT TO:<bob@example.org>",
    ),
    "routes": Visit(
        {"mynetworks": "192.0.2.0/24", "allow_untrusted_routing": "yes"},
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<x%relay.example@example.org>; "
        "RCPT TO:<relay.example!x@example.org>; RCPT TO:<x%z.example@example.org>",
    ),
    "no routes": Visit(
        {
            "mynetworks": "192.0.2.0/24",
            "smtpd_relay_restrictions": "check_recipient_access inline:{{example.org=OK}, "
            "{relay.example=OK}}, reject_unauth_destination",
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<x%z.example@example.org>; "
        "RCPT TO:<x%z.example@relay.example>; RCPT TO:<bob@example.org>; "
        "RCPT TO:<x@relay.example>",
    ),
    "backup, anywhere": Visit(
        {
            "mynetworks": "192.0.2.0/24",
            "smtpd_relay_restrictions": "permit_mx_backup, reject_unauth_destination",
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@backup.example>",
    ),
    "backup": Visit(
        {
            "mynetworks": "192.0.2.0/24",
            "permit_mx_backup_networks": "192.0.2.1",
            "smtpd_relay_restrictions": "permit_mx_backup, reject_unauth_destination",
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@backup.example>; "
        "RCPT TO:<bob@known.example>; RCPT TO:<bob@nowhere.example>; "
        "RCPT TO:<bob@other.example>",
    ),
    "no backup": Visit(
        {
            "mynetworks": "192.0.2.0/24",
            "permit_mx_backup_networks": "192.0.2.2",
            "smtpd_relay_restrictions": "permit_mx_backup, reject_unauth_destination",
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@backup.example>",
    ),
}
NOWHERE = {
    f"{{{name}.example={hop}}}"
    for name, hop in {
        "temp": "error:4.1.1 not there",
        "full": "error:5.2.2 full",
        "plain": "error:it is closed",
        "later": "retry:5.7.9 not now",
        "retry": "retry:",
    }.items()
}
VISITS["nowhere to go"] = Visit(
    {
        "transport_maps": f"inline:{{{' '.join(sorted(NOWHERE))}}}",
        "smtpd_reject_unlisted_sender": "yes",
        "smtpd_sender_restrictions": "check_sender_access inline:{{user@full.example=permit}}",
        "smtpd_recipient_restrictions": "check_recipient_access inline:{{b@k.example=550 5.1.7 x}}",
    },
    "EHLO x; MAIL FROM:<>; RCPT TO:<b@temp.example>; RCPT TO:<b@full.example>; "
    "RCPT TO:<b@plain.example>; RCPT TO:<b@later.example>; RCPT TO:<b@retry.example>; "
    "RCPT TO:<b@k.example>; "
    + "".join(
        f"RSET; MAIL FROM:<{sender}>; RCPT TO:<bob@example.org>; "
        for sender in (
            "nobody@example.org",
            "user@full.example",
            "a@temp.example",
            "a@later.example",
        )
    )
    + "RSET; MAIL FROM:<bob@example.org>; RCPT TO:<bob@example.org>",
)
_OF_SENDER = "check_sender_access inline:{{a@b.example=reject}}"
VISITS |= {
    f"a table that has {value}": Visit(
        {
            "smtpd_restriction_classes": "class",
            "class": f"{_OF_SENDER}, permit",
            "smtpd_recipient_restrictions": f"check_client_access inline:{{{{127.0.0.1={value}}}}}",
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@example.org>; RSET; "
        "MAIL FROM:<b@b.example>; RCPT TO:<bob@example.org>",
    )
    for value in (
        *("class", "class, reject", "permit_mynetworks, reject", "unheard_of"),
        *(_OF_SENDER, "inline:{a@b.example=OK}", "check_policy_service unix:x"),
    )
}
VISITS |= {
    f"{restriction} where nobody logs in": Visit(
        {
            "smtpd_sender_login_maps": "inline:{{a@b.example=joe}}",
            "smtpd_sender_restrictions": restriction,
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@example.org>",
    )
    for restriction in (
        "reject_sender_login_mismatch",
        "reject_known_sender_login_mismatch, reject_unauthenticated_sender_login_mismatch",
    )
}
VISITS["what is no address, and what is one"] = Visit(
    {"strict_rfc821_envelopes": "no"},
    "EHLO x; MAIL FROM:<a@b..c>; MAIL FROM:a@b..c SIZE=5; MAIL FROM:<-x@b.example>; VRFY -x; "
    "MAIL FROM:<<a@b.example> SIZE=5; MAIL FROM: < <a@b.example> > SIZE=5; RCPT TO:<>; "
    "RCPT TO:<a b@c.example> NOTIFY=NEVER; RCPT TO:<a@b@c.example>; RCPT TO:<fax:a@c.example>; "
    "RCPT TO:<\tbob@example.org >; RCPT TO:<<bob@example.org>>; DATA; CONTENT",
)
VISITS["mail that cleanup cannot take now"] = Visit(
    {"header_checks": "fail:1"},
    "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@example.org>; DATA; CONTENT",
)
VISITS |= {
    f"headers of {clients}": Visit(
        {
            "remote_header_rewrite_domain": "domain.invalid",
            "local_header_rewrite_clients": clients,
        },
        "EHLO x; MAIL FROM:<a@b.example>; RCPT TO:<bob@example.org>; DATA; CONTENT",
    )
    for clients in (
        *("static:all", "check_address_map inline:{{127.0.0.1=reject}}", "static:DUNNO"),
        *("inline:{{localhost=x} {127.0.0=x}}", "permit_inet_interfaces", ""),
    )
}
VISITS |= {
    f"{action} {behind}": Visit(
        {
            "reject_tempfail_action": action,
            "smtpd_dns_reply_filter": "pcre:{{/^known/ x}}",
            "smtpd_recipient_restrictions": f"reject_unknown_sender_domain, {behind}",
        },
        "EHLO x; MAIL FROM:<a@known.example>; RCPT TO:<bob@example.org>",
    )
    for action in ("defer", "defer_if_permit")
    for behind in ("permit", "reject")
}


class Outcome(NamedTuple):
    replies: list[str]
    log: list[str]
    stored: list[str]


def test_the_same_is_said_and_logged(
    postfix: Machine, mail: Mailer, nameserver: Nameserver
) -> None:
    nameserver.add(*RECORDS)
    Nameserver(postfix, RECORDS)
    ours, theirs = {}, {}
    for name, visit in VISITS.items():
        for machine in (mail.machine, postfix):
            _configure(machine, PARAMETERS | visit.parameters)
        mail.reload()
        # systemd refuses to start it often.
        postfix.sh("systemctl reset-failed postfix; systemctl restart postfix")
        ours[name] = _visited(mail.machine, visit.lines)
        theirs[name] = _visited(postfix, visit.lines)
    Nameserver(postfix)
    assert_alike(
        compared for name in VISITS for compared in field_by_field(name, ours[name], theirs[name])
    )
    assert any("reject" in line for outcome in ours.values() for line in outcome.log)


def _configure(machine: Machine, parameters: Mapping[str, str]) -> None:
    """These, and none that another visit has changed."""
    changed = {name for visit in VISITS.values() for name in visit.parameters}
    machine.run("postconf", "-X", *sorted(changed))
    machine.run("postconf", "-e", *(f"{name}={text}" for name, text in parameters.items()))


def _visited(machine: Machine, lines: str) -> Outcome:
    since = machine.from_now_on()
    replies = []
    with machine.connect() as connection, connection.makefile("rwb", buffering=0) as stream:
        for line in (None, *lines.split("; "), "QUIT"):
            if line is not None:
                stream.write(f"{_CONTENT if line == 'CONTENT' else line}\r\n".encode())
            replies.append(_reply(stream.readline))

    def ended() -> list[str]:
        found = machine.messages(since, "SYSLOG_FACILITY=2")
        return found if any(" disconnect from " in line for line in found) else []

    log = machine.wait_for("the end of the session", ended, 30)
    said = [line for line in log if line.startswith("postfix/smtpd: ")]
    stored = [
        _likened(machine.sh(f"postcat -hq {queue_id} || postcat -h -q {queue_id}"))
        for reply in replies
        for queue_id in re.findall(r"queued as (\w+)", reply)
    ]
    return Outcome(
        [_likened(reply) for reply in replies],
        [_likened(line) for line in said if not _NOT_COMPARED.search(line)],
        stored,
    )


def _reply(read: Callable[[], bytes]) -> str:
    lines = []
    while True:
        line = read().decode()
        lines.append(line.rstrip("\r\n"))
        if line[3:4] != "-":
            return "|".join(lines)


# Each says it in another program; and Postfix's are the warnings of what will go.
_NOT_COMPARED = re.compile(
    r"removed \(canceled\)|will be removed from Postfix|SSL_|TLS"
    # What to do instead.
    "|do not specify lookup tables|define a restriction class"
)
_PORT = re.compile(r"(\[127\.0\.0\.1\]):\d+")
_TTL = re.compile(r"(?<=example\. )\d+(?= IN )")


def _likened(text: str) -> str:
    return _PORT.sub(r"\1:PORT", _TTL.sub("TTL", timeless(text)))
