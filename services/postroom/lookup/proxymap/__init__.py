"""proxymap(8): look keys up in tables for components that have no files, and at servers for all.

Socket ``proxymap`` (contracts/proxymap). Asked by smtpd, smtp and whoever else is told a table
in main.cf and may not open it. Asks nobody of ours; asks the servers that tables name (mysql:,
pgsql:, ldap:, memcache:, tcp:, socketmap:), over the network or a socket.

A table is opened at its first question and kept open. A table that cannot be read, or whose
server is away, gives ``TryAgain`` with the reason, which is also logged.

SECURITY: serves only tables that main.cf names: those in proxy_read_maps, and those found in the
parameters of its callers. Any caller may see every entry of these tables by guessing keys.
No network but to the servers of tables in main.cf, and no privileges: the files that hold
passwords reach it as credentials (LoadCredential=). When such a file was changed, it answers
what it was asked and leaves; its successor is given the new one.

STANDARDS: none; the tables are those of DATABASE_README.

BUGS: a file that holds up the disk holds up every question; servers hold up only those who ask
for them. Where a server has a name and no address, the way is open to all addresses.

PARAMETERS: max_idle, proxy_read_maps, socketmap_max_reply_size, syslog_facility,
    syslog_name; the fact ``tables``.
"""
