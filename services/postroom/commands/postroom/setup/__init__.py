"""``postroom setup``: how this machine's mail is shared with another mail system, if there is one.

send-only  nothing listens; the sendmail of the machine stays whose it is. Mail is sent by way of
           /usr/lib/postroom/sendmail.
beside     listens on one address of its own; all others, and sendmail, stay the other's.
replace    sendmail, mailq and newaliases are Postroom's (by dpkg-divert(1)), and the other mail
           system is stopped; the package postroom-mta does the same by removing the other.
none       all of it is given back.

What is changed is written down first, in FILES, and undone before another mode is set up.
``--undo`` goes back to the mode before, if there was one. What somebody changed again since stays
as it is.

FILES   .setup below the configuration's directory.
"""
