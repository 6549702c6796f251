"""Calls of sendmail(1), as programs make them and as nobody should.

``TAG`` stands in each text, so that a message can be told from the others.
"""

from typing import NamedTuple


class Call(NamedTuple):
    """A command for the shell, what it reads, and who calls; why ours differs, if it does."""

    command: str
    text: str | bytes = "Subject: hello\n\nTAG\n"
    user: str = "alice"
    differs: str = ""


WITHOUT_SUBJECT = "TAG\nsecond line\n"
IN_PLACE = "an address in a header changes in its place, and nothing else does"
MANY_ADDRESSES = ", ".join(f"r{number}@example.com" for number in range(2000))
TO = "To: bob\nSubject: hello\n\nTAG\n"

RECIPIENTS = (
    Call("sendmail bob"),
    Call("sendmail bob carol@example.com"),
    Call("sendmail bob bob"),
    Call("sendmail 'bob,carol@example.com'"),
    Call("sendmail 'Bob <bob@example.com>'"),
    Call("sendmail 'bob@example.com (Bob)'"),
    Call("sendmail bob -f me@example.com"),
    Call("sendmail -- bob"),
    Call("sendmail -- -bob"),
    Call("sendmail '\"a b\"@example.com'"),
    Call("sendmail '<@a.example:bob@example.com>'", differs="a route is not kept in orig_to"),
    Call("sendmail 'héllo@example.com'"),
    Call("sendmail ''", differs="orig_to is the address"),
    Call("sendmail bob ''", differs="orig_to is the address"),
    Call("sendmail 'bob@'"),
    Call("sendmail '@example.com'"),
    Call("sendmail 'team: bob, carol;'"),
    Call("sendmail '|cat'"),
    Call("sendmail '/tmp/file'"),
    Call("sendmail"),
    Call("sendmail -i"),
    Call("sendmail -t bob", "Subject: no recipient in here\n\nTAG\n"),
)
SENDERS = (
    Call("sendmail -f me@example.com bob"),
    Call("sendmail -fme@example.com bob"),
    Call("sendmail -r me@example.com bob"),
    Call("sendmail -f '' bob"),
    Call("sendmail -f '<>' bob"),
    Call("sendmail -f '<me@example.com>' bob"),
    Call("sendmail -f 'Me <me@example.com>' bob"),
    Call("sendmail -f 'me@example.com (Me)' bob"),
    Call("sendmail -f me bob"),
    Call("sendmail -f 'two, senders' bob"),
    Call("sendmail -f '\"a b\"@example.com' bob"),
    Call("sendmail -f one -f two bob"),
    Call("sendmail -f one -r two bob"),
    Call("sendmail -f"),
    Call("sendmail bob", user="root"),
    Call("sendmail -F 'Alice A.' bob"),
    Call("sendmail -F 'Alice \"Al\" A.' bob"),
    Call("sendmail -F '' bob"),
    Call("sendmail -FCronDaemon -i -B8BITMIME -oem root", user="root"),
    Call("sendmail -F 'Ä Ö' bob"),
    Call("sendmail -F \"$(printf 'A\\nB\\tC\\001D')\" bob"),
    Call("NAME=\"$(printf 'A\\nTo: B')\" sendmail bob"),
    Call("NAME='From Environment' sendmail bob"),
    Call("NAME=Environment sendmail -F Option bob"),
    Call("sendmail -F Name -f me@example.com bob"),
    Call("sendmail bob", "From: Me <me@example.com>\n\nTAG\n"),
    Call("sendmail -F Name bob", "From: me@example.com\n\nTAG\n"),
)
EXTRACTED = (
    Call("sendmail -t", TO),
    Call("sendmail -t -oi", "To: bob\nCc: carol\nBcc: dave\nSubject: x\n\nTAG\n"),
    Call("sendmail -t carol", TO),
    Call("sendmail -ti", TO),
    Call("sendmail -t", "Bcc: dave\nSubject: x\n\nTAG\n"),
    Call("sendmail -t", "To: bob\nBcc:\nSubject: x\n\nTAG\n"),
    Call("sendmail -t", "To: bob\nBcc: dave,\n\terin,\n carol@example.com\nSubject: x\n\nTAG\n"),
    Call("sendmail -t", "To: Bob B. <bob@example.com>, carol (the (nested) one)\n\nTAG\n"),
    Call("sendmail -t", "To: team: bob, carol@example.com;, dave\n\nTAG\n"),
    Call("sendmail -t", "To: undisclosed-recipients:;\n\nTAG\n"),
    Call("sendmail -t", "To: undisclosed-recipients:;\nBcc: bob\n\nTAG\n"),
    Call("sendmail -t", 'To: "Quoted, Name" <bob@example.com>, "a b"@example.com\n\nTAG\n'),
    Call("sendmail -t", "To: <bob@example.com>,, <carol@example.com>,\n\nTAG\n"),
    Call("sendmail -t", "To: bob\nTo: carol\nCc: dave\nCc: erin\n\nTAG\n"),
    Call("sendmail -t", "TO: bob\ncC: carol\nbcc: dave\n\nTAG\n"),
    Call("sendmail -t", "To : bob\nSubject : x\n\nTAG\n"),
    Call("sendmail -t", "To:\n bob,\n\tcarol\n\nTAG\n", differs=IN_PLACE),
    Call("sendmail -t", "To: bob@example.com carol@example.com\n\nTAG\n"),
    Call("sendmail -t", "To: Bob Brown bob@example.com\n\nTAG\n"),
    Call("sendmail -t", "To: bob; carol\n\nTAG\n", differs=IN_PLACE),
    Call("sendmail -t", "To: bob@\n\nTAG\n"),
    Call("sendmail -t", "To: bob\nApparently-To: carol\n\nTAG\n"),
    Call(
        "sendmail -t",
        "To: bob\nResent-To: carol\nResent-Bcc: dave\nBcc: erin\nSubject: x\n\nTAG\n",
    ),
    Call(
        "sendmail -t",
        "Resent-From: me\nResent-To: carol\nResent-Cc: dave\nFrom: alice\nTo: bob\n\nTAG\n",
    ),
    Call("sendmail -t", "Resent-From: me\nTo: bob\nSubject: x\n\nTAG\n"),
    Call("sendmail -t", "Resent-Bcc: dave\nTo: bob\nSubject: x\n\nTAG\n"),
    Call("sendmail -t", "Subject: nobody\n\nTAG\n"),
    Call("sendmail -t", "\nTo: bob\n\nTAG\n"),
    Call("sendmail -t", ""),
    Call("sendmail bob", "To: x\nBcc: dave\nSubject: Bcc stays or goes\n\nTAG\n"),
    Call("sendmail -t -f me@example.com -F Me", TO),
    Call("sendmail -t", "To: bob\nReturn-Path: <other@example.com>\n\nTAG\n"),
    Call("sendmail -t", "To: bob\nSender: other\nFrom: x\nErrors-To: y\n\nTAG\n"),
    Call("sendmail -t", "To: bob\nReply-To: a b c\nDate: yesterday\nMessage-Id: <x@y>\n\nTAG\n"),
)
CONTENT = (
    Call("sendmail bob", WITHOUT_SUBJECT),
    Call("sendmail bob", "\nTAG\n"),
    Call("sendmail bob", "Subject: x\n\nTAG"),
    Call("sendmail bob", "Subject: TAG"),
    Call("sendmail bob", "Subject: TAG\n"),
    Call("sendmail bob", "Subject: x\nno header line TAG\n\nbody\n"),
    Call("sendmail bob", "Subject: x\n folded\n\tagain\n\nTAG\n"),
    Call("sendmail bob", " begins with a space TAG\nSubject: x\n\nbody\n"),
    Call("sendmail bob", "Subject: x\n\nFrom: in the body\n\nTAG\n"),
    Call("sendmail bob", "Subject: x\n\nFrom here TAG\n>From there\n"),
    Call("sendmail bob", "From me Sat Jan  1 00:00:00 2000\nSubject: x\n\nTAG\n"),
    Call("sendmail bob", ">From me Sat Jan  1 00:00:00 2000\nSubject: x\n\nTAG\n"),
    Call("sendmail bob", ">>From me\nSubject: x\n\nTAG\n"),
    Call("sendmail bob", "from : me\nSubject: x\n\nTAG\n"),
    Call("sendmail bob", "FROM me\nSubject: x\n\nTAG\n"),
    Call("sendmail bob", "From me\nFrom you\nSubject: x\n\nTAG\n"),
    Call("sendmail bob", "Subject: x\nFrom me\nX-After: y\n\nTAG\n"),
    Call("sendmail bob", "Subject: x\r\nX-Y: z\r\n\r\nTAG\r\nline\r\n"),
    Call("sendmail bob", "Subject: x\r\nX-Y: z\n\nTAG\r\nline\n"),
    Call("sendmail bob", "Subject: x\n\nTAG\r\nline\nend\r\r\n"),
    Call("sendmail -t", "To: bob\r\nSubject: x\r\n\r\nTAG\r\n.\r\nunseen\r\n"),
    Call("sendmail bob", "Subject: x\n\nTAG\rbare return\r"),
    Call("sendmail bob", "Subject: x\n\nTAG\n.\nunseen\n"),
    Call("sendmail -i bob", "Subject: x\n\nTAG\n.\nseen\n"),
    Call("sendmail -oi bob", "Subject: x\n\nTAG\n.\nseen\n"),
    Call("sendmail bob", "Subject: x\n\nTAG\n..\n.x\n. \nseen\n"),
    Call("sendmail -i bob", "Subject: x\n\nTAG\n..\n.x\n"),
    Call("sendmail bob", "Subject: x TAG\n.\n\nunseen\n"),
    Call("sendmail bob", "Subject: x\n\nTAG\n."),
    Call("sendmail bob", "Subject: x\n\nTAG\n.\r\nunseen\n"),
    Call("sendmail bob", ".\n"),
    Call("sendmail bob", ""),
    Call("sendmail bob", "Subject: héllo wörld\n\nTAG ünicode\n".encode()),
    Call("sendmail bob", b"Subject: h\xe9llo\nFrom: M\xfcller <me@example.com>\n\nTAG \xff\n"),
    Call("sendmail bob", b"Subject: x\n\nTAG nul \x00 inside\n"),
    Call(
        "sendmail bob",
        b"Subject: nul \x00 inside\n\nTAG\n",
        differs="a NUL ends nothing",
    ),
    Call("sendmail bob", "Subject: x\n\nTAG\n" + "y" * 5000 + "\n"),
    Call("sendmail bob", "Subject: " + "z" * 5000 + "\n\nTAG\n"),
    Call("sendmail bob", "Subject: x\nX-Long:" + " word\n" * 3000 + "\nTAG\n"),
    Call("sendmail bob", "Subject: x\n: no name\n\nTAG\n"),
    Call("sendmail bob", "Subject: x\nContent-Length: 17\nStatus: RO\n\nTAG\n"),
    Call("sendmail bob", "Return-Receipt-To: me\nReceived: from x\nDelivered-To: y\n\nTAG\n"),
    Call("sendmail bob", "Subject:\nTo:\nX:\n\nTAG\n"),
)
OPTIONS = (
    Call("/usr/lib/sendmail bob"),
    Call("/sbin/sendmail -oi bob"),
    # apt-listchanges, Dovecot's deliver, Sympa and git send-email, by their sources.
    Call("/usr/sbin/sendmail -oi -t", TO),
    Call("/usr/sbin/sendmail -i -f me@example.com -- bob"),
    Call("/usr/sbin/sendmail -oi -odi -oem -N success,delay,failure -V00000000id -f '' -- bob x"),
    Call("/usr/lib/sendmail -f me@example.com -i bob carol@example.com"),
    Call("sendmail -bm bob"),
    Call("sendmail -ba bob"),
    Call("sendmail -bz bob"),
    Call("sendmail -b"),
    Call("sendmail -Am bob"),
    Call("sendmail -Ac bob"),
    Call("sendmail -A x bob"),
    Call("sendmail -B7BIT bob"),
    Call("sendmail -B 8BITMIME bob"),
    Call("sendmail -B nonsense bob"),
    Call(
        "sendmail -C /etc/mail/sendmail.cf bob",
        differs="reads no configuration",
    ),
    Call("sendmail -G bob"),
    Call("sendmail -h 3 bob"),
    Call("sendmail -h3 bob"),
    Call("sendmail -h x bob"),
    Call("sendmail -h 60 bob"),
    Call("sendmail -L label bob"),
    Call("sendmail -m bob"),
    Call("sendmail -n bob"),
    Call("sendmail -N never bob"),
    Call("sendmail -N success,delay,failure bob"),
    Call("sendmail -N sometimes bob"),
    Call("sendmail -N never,failure bob"),
    Call("sendmail -N '' bob"),
    Call("sendmail -N ', ' bob"),
    Call("sendmail -N 'success, delay,,success' bob"),
    Call("sendmail -N 'never never' bob"),
    Call("sendmail -O DeliveryMode=b bob"),
    Call("sendmail -oA/etc/aliases bob"),
    Call("sendmail -o7 bob"),
    Call("sendmail -o8 bob"),
    Call("sendmail -odb -odq -odi bob"),
    Call("sendmail -oem bob"),
    Call("sendmail -oee bob"),
    Call("sendmail -oep bob"),
    Call("sendmail -oeq bob"),
    Call("sendmail -om bob"),
    Call("sendmail -oQ/x bob"),
    Call("sendmail -o x bob"),
    Call("sendmail -om -oi -oem bob"),
    Call("sendmail -p x bob"),
    Call("sendmail -R hdrs bob"),
    Call("sendmail -R full -V id-1 bob"),
    Call("sendmail -R half bob"),
    Call("sendmail -r me -R hdrs -V 'a b+=é' bob"),
    Call("sendmail -V '' bob"),
    Call("sendmail -t -f me@example.com", "Subject: nobody\n\nTAG\n"),
    Call("sendmail -U bob"),
    Call("sendmail -X /dev/null bob"),
    Call("sendmail -v bob"),
    Call("sendmail -v -f me@example.com bob"),
    Call("sendmail -vv bob", differs="there is no trace of the program itself"),
    Call("sendmail -c bob"),
    Call("sendmail -Z bob"),
    Call("sendmail -d0.1 bob"),
    Call("sendmail -e m bob"),
    Call("sendmail -em bob"),
    Call("sendmail -x bob"),
    Call("sendmail -x m bob"),
    Call("sendmail -s subject bob"),
    Call("sendmail -Z bob 2>&-"),
    Call("sendmail 2>&-"),
    Call("sendmail -T 1h bob"),
    Call("sendmail --help bob"),
    Call("sendmail -Ti bob"),
    Call("sendmail -iv bob"),
    Call("sendmail -itf me@example.com", TO),
    Call("sendmail -bv bob@example.com", ""),
    Call("sendmail -bv -t", TO),
    Call("sendmail -bv -N never bob", ""),
    Call("sendmail -bv -R hdrs bob", ""),
    Call("sendmail -bv", ""),
    Call("sendmail -bvv bob", ""),
    Call("sendmail -v -t", TO),
    Call("sendmail -I bob", ""),
)
RMAIL = (
    Call("rmail bob", "From me Sat Jan  1 00:00:00 2000 remote from x\nSubject: x\n\nTAG\n"),
    Call(
        "rmail bob carol@example.com",
        "From a!me Sat Jan  1 00:00:00 2000 remote from x\n>From b Fri Dec 31 1999 remote from y\n"
        "Subject: x\n\nTAG\n.\nseen\n",
    ),
)
MANY = (
    Call("sendmail $(seq -f 'r%g@example.com' 10000)"),
    Call("sendmail -t", f"To: {MANY_ADDRESSES}\n\nTAG\n", differs=IN_PLACE),
    Call("sendmail -t", f"Bcc: {MANY_ADDRESSES}\n\nTAG\n"),
)
SMTP = (
    Call(
        "sendmail -bs",
        "EHLO me\r\nMAIL FROM:<me@example.com>\r\nRCPT TO:<bob>\r\nRCPT TO:<carol@example.com>\r\n"
        "DATA\r\nSubject: x\r\n\r\nTAG\r\n..dot\r\n.\r\nQUIT\r\n",
    ),
    Call(
        "sendmail -bs",
        "HELO me\nMAIL FROM:<>\nRCPT TO:<bob@example.com>\nDATA\nFrom: x\n\nTAG\n..x\n.\nQUIT\n",
    ),
    Call(
        "sendmail -bs",
        'EHLO me\r\nMAIL FROM:<"a b"@example.com>\r\n'
        'RCPT TO:<"c d"@example.com> NOTIFY=NEVER\r\nDATA\r\nTo: x\r\n\r\nTAG\r\n.\r\nQUIT\r\n',
    ),
    Call("sendmail -bs", "MAIL FROM:<a@example.com>\nRCPT TO:<b>\nNONSENSE\nDATA\nQUIT\n"),
    Call("sendmail -bs", "EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b>\r\nRSET\r\nDATA\r\n"),
    Call("sendmail -bs", ""),
    Call("sendmail -bs -v", ""),
    Call(
        "sendmail -bs",
        "VRFY bob\nVRFY <bob@example.com>\nETRN x\nEXPN x\nAUTH PLAIN x\nSTARTTLS\nHELP\n"
        "XCLIENT NAME=x\nXFORWARD NAME=x\nNOOP x\nTURN\nRSET\nEHLO\nHELO\nRCPT TO:<x>\nDATA\n",
    ),
    Call(
        "sendmail -bs",
        "EHLO me\nMAIL FROM:<a b>\nMAIL FROM:a@b\nRCPT TO:<>\nRCPT TO: <bob>\nRCPT <bob>\n"
        "RCPT TO:<bob> FOO=BAR\nMAIL FROM:<x>\nRSET\nMAIL FROM:<a> BODY=BINARYMIME\n"
        "MAIL FROM:<a> RET=X\nMAIL FROM:<a> SIZE=100\nQUIT\n",
    ),
    Call(
        "sendmail -bs",
        "EHLO me\nMAIL FROM:<mé@example.com> SMTPUTF8\nRCPT TO:<bób@example.com>\nDATA\n"
        "Subject: hé\n\nTAG\n.\nQUIT\n",
    ),
)
_LIST = "-f list@example.com"
VERP = (
    Call(f"sendmail -XV {_LIST} bob carol@example.com"),
    Call(f"sendmail -XV-= {_LIST} bob"),
    Call(f"sendmail -X V== {_LIST} bob"),
    Call(f"sendmail -iXV+= {_LIST} bob"),
    Call(f"sendmail -XVab {_LIST} bob"),
    Call(f"sendmail -XV+ {_LIST} bob"),
    Call(f"sendmail -XV+== {_LIST} bob"),
    Call(f"sendmail -X V {_LIST} bob"),
    Call(f"sendmail -iXV {_LIST} bob"),
    Call(f"sendmail -XVab -XV {_LIST} bob", differs="the last counts"),
    Call(f"sendmail -XV -XV-= {_LIST} bob"),
    Call("sendmail -XV bob"),
    Call("sendmail -XV"),
    Call("sendmail -XV -f ''"),
    Call("sendmail -XV -f '' bob"),
    Call("sendmail -XV -f '<>' bob"),
    Call("sendmail -XVab -f '' bob"),
    Call(f"sendmail -XV -t {_LIST}", TO),
    Call(f"sendmail -XV -t {_LIST}", "Subject: nobody\n\nTAG\n"),
    Call(f"sendmail -XV -v {_LIST} bob"),
    Call(f"sendmail -XV -bv {_LIST} bob", ""),
    Call("sendmail -XVab -bp", ""),
    Call("sendmail -XVab -bs", ""),
    Call(
        "sendmail -bs",
        "EHLO me\r\nMAIL FROM:<list@example.com> XVERP=-=\r\nRCPT TO:<bob>\r\nDATA\r\n"
        "Subject: x\r\n\r\nTAG\r\n.\r\nQUIT\r\n",
    ),
    Call("sendmail -bs", "EHLO me\nMAIL FROM:<> XVERP\nMAIL FROM:<a@b.test> XVERP=ab\nQUIT\n"),
    Call(f"sendmail -V {_LIST} bob"),
    Call(f"sendmail -V+= {_LIST} bob"),
    Call(f"sendmail -V += {_LIST} bob"),
    Call(f"sendmail -Vab {_LIST} bob"),
    Call(f"sendmail -V id1 {_LIST} bob"),
    Call(f"sendmail -iV+= {_LIST} bob"),
    Call("sendmail -X"),
    Call("sendmail -Xz bob"),
)
SUBMISSIONS = RECIPIENTS + SENDERS + EXTRACTED + CONTENT + OPTIONS + RMAIL + MANY + SMTP
OTHER_MODES = (
    Call("sendmail -bp", ""),
    Call("sendmail -bp bob", ""),
    Call("sendmail -bp -v", ""),
    Call("mailq", ""),
    Call("mailq bob", ""),
    Call("mailq -Ac", ""),
    Call("mailq -v", ""),
    Call("mailq -x", ""),
    Call("newaliases", "", "root"),
    Call("sendmail -bi", "", "root"),
    Call("sendmail -I", "", "root"),
    Call("sendmail -I -oA/etc/aliases", "", "root"),
    Call("sendmail -I -oA/nonexistent", "", "root"),
    Call("sendmail -bi", ""),
    Call("newaliases", ""),
    Call("newaliases bob", ""),
    Call("sendmail -q", ""),
    Call("sendmail -q10m", "", "root"),
    Call("sendmail -qx", ""),
    Call("sendmail -qR example.com", ""),
    Call("sendmail -qSexample.com", ""),
    Call("sendmail -qINOPE", ""),
    Call("sendmail -qI", ""),
    Call("sendmail -qR", ""),
    Call("sendmail -q bob", ""),
    Call("sendmail -q -t", TO),
    Call("sendmail -bh", ""),
    Call("sendmail -bH", ""),
    Call("sendmail -bt", ""),
    Call("sendmail -bD", ""),
    Call("sendmail -bd", "", "root", differs="to start what runs is no error"),
    Call("sendmail -bd bob", "", "root"),
    Call("sendmail -bl", "", "root", differs="to start what runs is no error"),
    Call("sendmail -bd -q1h", "", "root", differs="to start what runs is no error"),
    Call("sendmail -q1h -bd", "", "root", differs="to start what runs is no error"),
    Call("sendmail -bs -t", ""),
    Call("sendmail -bs bob", ""),
)
# main.cf: local_login_sender_maps.
LOGIN_SENDERS = (
    'inline:{{root = *}, {alice = alice, <> Me@example.com,@example.org, "a b"@example.com}}'
)
SENDERS_OF_LOGINS = (
    Call("sendmail bob"),
    Call("sendmail -f '' bob"),
    Call("sendmail -f ME@Example.com bob"),
    Call("sendmail -f me+x@example.com bob"),
    Call("sendmail -f any+x@example.ORG bob"),
    Call("sendmail -f alice+x bob"),
    Call("sendmail -f you@example.com bob"),
    Call("sendmail -f you@a.example.org bob"),
    Call("sendmail -f 'a b@example.com' bob"),
    Call("sendmail -f '\"a b\"@example.com' bob"),
    Call("sendmail -f you -t", TO),
    Call("sendmail -f you bob", "Subject: large\n\nTAG\n" + "x" * 70 + "\n" * 70_000),
    Call("sendmail -f you -bv bob", ""),
    Call("sendmail -f you bob", user="root"),
    Call("sendmail bob", user="bob"),
    Call("sendmail -f alice bob", user="carol"),
    Call("sendmail -bs", "EHLO me\nMAIL FROM:<you>\nRCPT TO:<bob>\nDATA\nx: TAG\n.\nQUIT\n"),
    Call("sendmail -bs", "EHLO me\nMAIL FROM:<alice>\nRCPT TO:<bob>\nDATA\nx: TAG\n.\nQUIT\n"),
)
# main.cf: authorized_submit_users.
SUBMITTERS = "!alice, !root, static:anyone"
CALLS_OF_SUBMITTERS = tuple(
    Call(command, text, user)
    for user in ("alice", "bob", "root")
    for command, text in (
        ("sendmail bob", "Subject: x\n\nTAG\n"),
        ("sendmail -t", TO),
        ("sendmail -f you bob", "Subject: x\n\nTAG\n"),
        ("sendmail -bs", "EHLO me\nMAIL FROM:<a>\nRCPT TO:<b>\nDATA\nx: TAG\n.\nQUIT\n"),
        ("sendmail -bs", ""),
    )
)
# main.cf: message_size_limit.
LIMIT = "50000"
LARGE = "Subject: TAG\n\n" + ("x" * 70 + "\n") * 1000
SIZES = (
    Call("sendmail bob"),
    Call("sendmail bob", LARGE),
    Call("sendmail -t", f"To: bob\n{LARGE}"),
    Call("sendmail -bs 2>/dev/null", f"MAIL FROM:<a>\nRCPT TO:<b>\nDATA\n{LARGE}.\nNOOP\nQUIT\n"),
)
# main.cf: sendmail_fix_line_endings.
LINE_ENDS = (
    Call("sendmail bob", b"Subject: a\nX: b\n\nTAG\nmore\n"),
    Call("sendmail bob", b"Subject: a\r\nX: b\r\n\r\nTAG\r\n\r\nmore\r\n"),
    Call("sendmail bob", b"Subject: a\r\nX: b\n\nTAG\nc\rd\r\n\r\r\nmore\r"),
    Call("sendmail bob", b"Subject: a\nX: b\r\n\nTAG\r\n\r\nc\rd\n\r\r\nmore\r\n"),
    Call("sendmail bob", b"Subject: a\n\r\nTAG\n"),
)
