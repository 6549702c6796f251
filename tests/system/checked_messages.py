"""Tables that check contents, and messages for each of their entries."""

import re

PARAMETERS = {
    "myhostname": "mail.example.org",
    "mydomain": "example.org",
    "mydestination": "localhost",
    "myorigin": "example.org",
    "mail_name": "Postfix",
    "inet_interfaces": "loopback-only",
    "mynetworks": "127.0.0.0/8",
    "relayhost": "",
    "defer_transports": "smtp",
    "virtual_alias_maps": "inline:{{all@list.example = one@list.example, two@list.example}}",
    "queue_run_delay": "1h",
    "minimal_backoff_time": "1h",
    "maximal_backoff_time": "1h",
    "enable_long_queue_ids": "yes",
    "message_drop_headers": "bcc, content-length, resent-bcc, return-path",
    "header_checks": "regexp:/etc/checks/header",
    "mime_header_checks": "pcre:/etc/checks/mime",
    "nested_header_checks": "pcre:/etc/checks/nested",
    "body_checks": "regexp:/etc/checks/body",
    "body_checks_size_limit": "300",
    "mime_nesting_limit": "5",
}
HEADER = r"""
/^Subject: reject$/ REJECT
/^Subject: reject text$/ REJECT go away
/^Subject: reject dsn$/ REJECT 5.1.2 go away
/^Subject: reject 4dsn$/ REJECT 4.1.2 later
/^Subject: reject 2dsn$/ REJECT 2.1.2 later
/^Subject: lower$/ reject   more blanks
/^Subject: warn$/ WARN
/^Subject: warn text$/ WARN some text
/^Subject: info$/ INFO some text
/^Subject: hold$/ HOLD held text
/^Subject: discard$/ DISCARD gone
/^Subject: redirect$/ REDIRECT other@z.example
/^Subject: redirect bad$/ REDIRECT other
/^Subject: redirect to list$/ REDIRECT all@list.example
/^Subject: filter$/ FILTER smtp:[127.0.0.1]:9
/^Subject: filter bad$/ FILTER foo
/^Subject: filter no$/ FILTER
/^Subject: prepend$/ PREPEND X-New: new
/^Subject: prepend bcc$/ PREPEND Bcc: gone@x
/^Subject: prepend address$/ PREPEND Reply-To: joe
/^Subject: prepend bad$/ PREPEND no header
/^Subject: prepend no$/ PREPEND
/^Subject: replace$/ REPLACE Subject: new one
/^Subject: replace bad$/ REPLACE xyz
/^Subject: replace bcc$/ REPLACE Bcc: foo
/^Subject: replace to$/ REPLACE To: foo
/^Subject: replace no$/ REPLACE
/^Subject: strip$/ STRIP
/^Subject: strip text$/ STRIP because
/^Subject: bcc$/ BCC copy@z.example
/^Subject: bcc list$/ BCC all@list.example
/^Subject: bcc bad$/ BCC copy
/^Subject: ok$/ OK
/^Subject: dunno$/ DUNNO
/^Subject: ignore$/ IGNORE
/^Subject: pass$/ PASS fine
/^Subject: unknown$/ FOO bar
/^Subject: code$/ 550 text
/^Subject: id$/ WARN it
/^Received: from client\.example\.net.*for <strip@z.example>/ IGNORE
/^(Received: from) client\.example\.net [^ ]* (.*for <hide@z.example>.*)$/ REPLACE $1 here $2
/^X-Drop:/ IGNORE
/^X-Two:/ BCC copy2@z.example
/^X-Warn:/ WARN later header
/^X-Filter:/ FILTER smtp:[127.0.0.1]:10
/^X-Redirect:/ REDIRECT third@z.example
/^X-Hold:/ HOLD again
/^X-Long: (x*) /  WARN
/^X-Folded: one[[:space:]]two *(three)$/ REPLACE X-Unfolded: $1
/^X-Keep:(.*)$/ REPLACE X-Kept:$1
"""
MIME = r"""
/name="?[^"]*\.(exe|scr)"?/ REJECT .$1 is not welcome
/^Content-Type: *text\/html/ WARN html
/^X-Part: replace/ REPLACE X-Part: replaced
/^X-Part: ignore/ IGNORE
/^X-Part:/ INFO part
/^(Content-\w+|MIME-Version):/ INFO mime
"""
NESTED = r"""
/^Subject: nested replace/ REPLACE Subject: .nested
/^Subject:/ INFO nested
"""
BODY = r"""
/^reject/ REJECT body text
/^reject4/ REJECT 4.7.0 body text
/^warn/ WARN body warn
/^discard/ DISCARD
/^prepend/ PREPEND .a line
/^replace$/ REPLACE .another line
/^replaceno/ REPLACE
/^strip/ STRIP
/^ignore/ IGNORE
/^bcc/ BCC copy@z.example
/^\.dot/ WARN dot
/^Subject:/ INFO in a body
/^x/ INFO x
"""
TABLES = {"header": HEADER, "mime": MIME, "nested": NESTED, "body": BODY}

# Every subject that the first table knows, between headers of which it knows others.
ACTIONS = [
    f"X-Drop: x\nMessage-ID: <me>\nSubject: {subject}\nX-Two: x\nX-Warn: x\n\nbody\n"
    for subject in re.findall(r"Subject: ([^/$]*)", HEADER)
]
PARTS = """\
From: a@b.example
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="AA"

Subject: preamble
--AA
X-Part: ignore
Content-Type: text/html

Subject: of a body
--AA
X-Part : replace
Content-Type: message/rfc822

Subject: nested replace
Content-Type: multipart/digest; boundary=BB

--BB

Subject: in the digest
X: y

Subject: text
--BB--
after
--AA
Content-Type: message/partial

Subject: of a body
--AA--
Subject: epilogue
"""
MESSAGES = [
    *ACTIONS,
    "X-Redirect: x\nSubject: redirect\nX-Warn: y\n\nwarn\n",
    "X-Filter: x\nSubject: filter\nX-Hold: y\nX-Hold: z\n\nwarn\n",
    "X-Hold: y\nSubject: discard\n\nwarn\n",
    "Subject: x\n\nprepend\nreplace\nreplaceno\nstrip\nignore\nwarn\nbcc\n.dot\nmore\n",
    "Subject: x\n\nwarn\nreject\nwarn\n",
    "Subject: x\n\nwarn\nreject4\nwarn\n",
    "Subject: x\n\ndiscard\nwarn\n",
    "X-Folded: one\n\ttwo three\nX-Keep: a\n b\n  c\n\nbody\n",
    "X-Long: " + "x" * 500 + " y\n\n",
    "Subject : warn\nX-Y \t : z : w\nX-Keep\t: a\nTo :b@z.example\n\nX : y\n",
    "no header\nwarn\n",
    "",
    "Subject: warn\n",
    "\nwarn\n",
    PARTS,
    PARTS.replace("\n\n", "\n"),
    PARTS.replace("AA", "A A").replace("BB", "A A B"),
    'Content-Type: application/x; name="a.exe"\n\nx\n',
    'Content-Type: multipart/x; boundary=A\n\n--A\nContent-Disposition: x;\n name="a.scr"\n\nx\n',
    "Subject: x\n\n" + "".join(f"x{number:03}\n" for number in range(100)),
    "Content-Type: multipart/x; boundary=A\n\n" + f"--A\n\n{'x12345678' * 30}\nx1\nx2\n" * 3,
    "X: y\n\nx" + "y" * 5000 + "\nx\n",
    "".join(f"Content-Type: multipart/x; boundary={n}-\n\n--{n}-\n" for n in range(9)),
]
# Octets of which main.cf says that no message may have them (NUL, BEL) or keep them (SOH, "~").
CHARACTERS = (
    "Subject: x\0y\n\nbody\n",
    "Sub\1ject: ~warn\n\nwa\1rn\n\1.\n.~.\n~\n",
    "Subject: warn\n\nwarn\nx\0y\n",
    "Subject: pass\n\nx\0y\n",
    "Subject: x\n folded \7 line\n\nbody\n",
    "Subject: x\n\n.\7\n",
    f"Subject: x\n\n{'y' * 3000}\7\n",
    f"Subject: x\n\n{'y' * 300}\7z\n",
    "no header\n\1\n",
    # Line ends that are none.
    "Subject: a\rb\n\nc\rd\r\n\re\n",
)
_PART = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n.\n= \n"
EIGHT_BIT = (
    f"Subject: x\n{_PART}",
    f"Subject: x\n{_PART}".replace("8bit", "7bit"),
    "Content-Transfer-Encoding: 8bit\nContent-Type: multipart/mixed; boundary=A\n\npre\n"
    f"--A\n{_PART}--A\nContent-Type: message/rfc822\n"
    f"Content-Transfer-Encoding: 8bit\n\n{_PART}--A--\n",
    "Content-Transfer-Encoding: binary\n\nGrüße\n",
)
# Fields of more than 300 bytes, cut in a line, at its end, and before a line that is nearly over;
# and one of a part.
OVERLONG = (
    *(f"X-L: {'x' * size}\n {'y' * 290}\n z\nX-A: b\n\n" for size in (50, 264, 265, 290)),
    f"X-L: {'x' * 400}\nX-A: b\n\nbody\n",
    f"X-L: {'x' * 200}\n {'y' * 93}\n z\nX-A: b\n\n",
    f"X-Long: {'x ' * 200}\n\n",
    "To: a@b.example" + ",\n c@d.example" * 40 + "\n\n",
    f"Content-Type: multipart/x; boundary=A\n\n--A\nX-L: {'x' * 200}\n {'y' * 200}\n\nb\n--A--\n",
)
