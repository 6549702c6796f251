"""pipe(8): deliver by running a command, as its line in master.cf says.

Socket ``delivery`` (contracts/delivery), one for each service that runs this program. The line
names the user, the command and the form in which it wants the message: ``flags=BDFORXhqu.>``,
``user=name:group``, ``argv=…``, ``chroot=``, ``directory=``, ``eol=``, ``null_sender=``,
``size=``. Macros in ``argv=`` tell it about the message; an argument with a recipient's macro
stands once for each recipient.

SECURITY: no capability: systemd starts the service as the command's user, which is neither root
nor one of ours. Where the line has ``chroot=``, one to change the root, in a user namespace that
is the service's alone; it is gone before the command runs. No shell: what a sender or a
recipient wrote is part of arguments and nothing else. The command gets a filtered environment and
the message, and may reach the network of this machine alone; one that needs more gets it by a
drop-in for its unit (master.cf(5), UNITS). It could end the service, whose user it shares, but
neither read the memory of the process that holds the mail nor report for it.

STANDARDS: RFC 3463 (status codes in a command's output).

BUGS: the command is in all groups of its user.

PARAMETERS: see settings; ``arguments`` is the line in master.cf.
"""
