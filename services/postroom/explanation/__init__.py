"""What would become of an address, a client's session or a message; nothing is sent or stored.

The daemons' own code, joined in one process: smtpd, cleanup, trivial-rewrite, proxymap and dns
answer each other over their contracts, on sockets in a directory that nobody else can enter. In
qmgr's place stands one that keeps what it gets in memory and lets go of it again. Around the
daemons are witnesses: of every table that is searched, every restriction that is applied, every
answer to a question, and every line that the log would have had.

The configuration is that of the files, not the one that runs: what is not yet in effect can be
tried. Tables are read with the rights of whoever asks; DNS is asked for real.

BUGS: what smtpd tells the postmaster of a session (notify_classes) is left out. What others
would answer now to the message itself, hosts that it is relayed to say, is not known.
"""
