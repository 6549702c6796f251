"""proxymap(8): look keys up in tables for components that have no files.

Socket ``proxymap`` (contracts/proxymap). Asked by smtpd, smtp and whoever else is told a table
in main.cf and may not open it. Asks nobody.

A table is opened at its first question and kept open. A table that cannot be read gives
``TryAgain`` with the reason, which is also logged.

SECURITY: serves only tables that main.cf names: those in proxy_read_maps, and those found in the
parameters of its callers. Any caller may see every entry of these tables by guessing keys.
No network and no privileges; reading the tables is all it can do.

STANDARDS: none; the tables are those of DATABASE_README.

BUGS: account tables (unix:) are asked in threads, everything else holds up the next question
while it reads its file.

PARAMETERS: max_idle, proxy_read_maps, syslog_name; the fact ``tables``.
"""
