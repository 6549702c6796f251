"""spawn(8): run a command for each client of a socket, as inetd did: a policy server, a filter.

Socket ``spawn``, one for each line of master.cf that names this program: ``unix`` lines below
/run/postroom, for smtpd where the line says private and for everybody otherwise, ``inet`` lines
at their address. The line names the user and the command: ``user=name:group``, ``argv=…``. The
command's standard input, output and errors are the connection; as many run at a time as the line
allows (maxproc), and later clients wait. A command that takes longer than ``NAME_time_limit`` is
killed, and all that it started.

SECURITY: no capability: systemd starts the service as the command's user, which is neither root
nor one of ours. No shell, nothing of what clients say is looked at. The command gets a filtered
environment. Of the network it may reach this machine and the name servers in resolv.conf(5), which
policy servers ask; one that needs more gets it by a drop-in for its unit (master.cf(5), UNITS).

BUGS: name servers that resolv.conf(5) gets later may be reached after the next reload.

STANDARDS: none of its own; see SMTPD_POLICY_README for the usual conversation.

PARAMETERS: see settings; ``arguments`` is the line in master.cf.
"""
