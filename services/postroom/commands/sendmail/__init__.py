"""sendmail(1): the command every program on the machine uses to send mail.

Speaks to postdrop's socket, needs no privilege, and returns 0 only after postdrop said that
the message is safe. With -bv nothing is read and nothing delivered, with -v it is; after both
the sender gets a report on each recipient. Also mailq (-bp), newaliases (-bi) and an SMTP
dialogue on the standard input (-bs).

Started for every mail that cron writes, so it imports next to nothing: posix and not os, and
neither typing nor enum, each of which costs a third of what Python itself takes to start.

STANDARDS: the exit codes are sysexits.h's; the options are Sendmail's as Postfix takes them.
"""
