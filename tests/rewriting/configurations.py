"""Twenty ways to rewrite and to route, each what a main.cf may say."""

import os
from pathlib import Path

PLAIN = """\
myhostname = mail.example.com
mydomain = example.com
myorigin = example.com
mydestination = mail.example.com, localhost.example.com, localhost
inet_interfaces = 127.0.0.1
proxy_interfaces = 192.0.2.1, 2001:db8::1
relay_domains = relay.example
virtual_alias_domains = alias.example
virtual_mailbox_domains = mailbox.example
recipient_delimiter = +
append_dot_mydomain = yes
"""
TABLES = {
    "transport": """\
joe+ext@else.example    one:
joe@else.example        two:[h2]
else.example            three:h3:26
.else.example           four:
four.example            :[gw]:587
sub.example.com         :
"john doe"@example.com  quoted:
mail.example.com        five:
localhost               retry:
moved.example           error:5.1.6 gone
alias.example           six:
mailbox.example         error:
relay.example           bare
[203.0.113.9]           lmtp:unix:/run/lmtp
.d.e.f.example          discard:silently
x y.example             odd:
info@mailbox.example    smtp:[10.0.0.1]:2525
123.example.com         hold:for now
joe-ext@else.example    dash:
owner@else.example      owner:
list@else.example       request:
""",
    "patterns": r"""
/^joe\+?.*@/            joes:
/@(.*)else\.example$/   else:[${1}gw]
/@a\..*else\.example$/  elsewhere:
/^example\.com$/        never:
""",
    "relocated": """\
moved@example.com       joe@new.example
@moved.example          a b
gone                    +49 30 123
joe+ext@else.example    there
@alias.example          nowhere
"john doe"@mail.example.com  doe
""",
    "senders": r"""
/^(.*)@s\.example$/     [${1}.relay]
/@t\.example$/          [t.relay]
""",
}
TRANSPORTS = "transport_maps = texthash:$tables/transport\n"
WITH_PARENTS = "parent_domain_matches_subdomains = transport_maps, relay_domains\n"

CONFIGURATIONS = {
    "plain": "",
    "nothing appended": "append_at_myorigin = no\nappend_dot_mydomain = no\n",
    "no bang, no percent": "swap_bangpath = no\nallow_percent_hack = no\n",
    "no bang": "swap_bangpath = no\nrelayhost = [gw.example]:587\n",
    "quotes count": "resolve_dequoted_address = no\n",
    "null and numeric domains": "resolve_null_domain = yes\nresolve_numeric_domain = yes\n",
    "all lenient": (
        "resolve_null_domain = yes\nresolve_numeric_domain = yes\nresolve_dequoted_address = no\n"
        "allow_percent_hack = no\nremote_header_rewrite_domain = domain.invalid\n"
    ),
    "remote headers": "remote_header_rewrite_domain = domain.invalid\n",
    "transport maps": TRANSPORTS,
    "transport maps with parents": TRANSPORTS + WITH_PARENTS,
    "transport patterns": (
        "transport_maps = regexp:$tables/patterns, inline:{{*=star:} {example.com = own:}}\n"
        "sender_dependent_relayhost_maps = regexp:$tables/senders\n"
    ),
    "a star": (
        "transport_maps = inline:{{*=:[hub]} {host.example.com = :}}\nrelayhost = gw.example\n"
    ),
    "by sender": (
        "sender_dependent_relayhost_maps = inline:{{ann@s.example = [ha]} {@s.example = hb:26}"
        " {<> = [null]} {bob = [local]} {dunno@s.example = DUNNO}}\n"
        "sender_dependent_default_transport_maps = inline:{{ann@s.example = slow:}"
        " {@t.example = error:5.7.1 not you} {@s.example = fast} {<> = smtp:[bounces]}}\n"
        "relayhost = [gw.example]\nempty_address_relayhost_maps_lookup_key = <>\n"
    ),
    "relocated": "relocated_maps = texthash:$tables/relocated\n",
    "transports of classes": (
        "local_transport = lmtp:unix:/run/lmtp\nvirtual_transport = lmtp:[10.0.0.2]:24\n"
        "relay_transport = relay:[inner]\ndefault_transport = error:5.7.1 no outside mail\n"
        "relayhost = [never]\n"
    ),
    "null client": (
        "mydestination =\nrelayhost = $mydomain\nlocal_transport = error:local delivery is off\n"
        "myorigin = $mydomain\n"
    ),
    "domains in tables": (
        "mydestination = inline:{{mail.example.com=} {localhost=x}}, example.com\n"
        "relay_domains = regexp:{{/^(.*\\.)?relay\\.example$$/ ok}}, .else.example\n"
        "virtual_alias_domains = inline:{{alias.example=1} {four.example=2}}\n"
        "virtual_mailbox_domains = static:all, !else.example\n"
        "parent_domain_matches_subdomains =\n"
    ),
    "several delimiters": "recipient_delimiter = -+=\n" + TRANSPORTS,
    "delimiter -": "recipient_delimiter = -\n" + TRANSPORTS,
    "delimiter - in names of lists": (
        "recipient_delimiter = -\nowner_request_special = no\n" + TRANSPORTS
    ),
    "ours by other names": (
        "myorigin = mail.example.com\nproxy_interfaces = 203.0.113.9\nmydomain = else.example\n"
        "show_user_unknown_table_name = no\n"
        "mydestination = $myhostname, $mydomain, xn--grn-hoa.example, un_der.example\n"
        "relay_domains = example\n"
    ),
}


def main_cf(name: str, directory: Path) -> str:
    """Of that name, with its tables below ``directory``.

    Later lines overrule earlier ones, in Postfix as in Postroom.
    """
    for table, text in TABLES.items():
        path = directory / table
        path.write_text(text)
        os.utime(path, (0, 0))  # Postfix waits for a file that was written just now
    return f"tables = {directory}\n{PLAIN}{CONFIGURATIONS[name]}"
