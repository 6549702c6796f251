"""local(8): deliver to the users of this machine, as Sendmail's aliases and .forward files say.

Socket ``delivery`` (contracts/delivery), one for each service that runs this program. Asks
cleanup, to forward mail to other machines.

A recipient is looked up in ``alias_maps``, then as a user: ``$HOME/.forward``, then
``mailbox_command``, ``home_mailbox`` or the file in ``mail_spool_directory``. Aliases and
.forward files may name addresses, ``/file``, ``"|command"``, ``:include:/list`` and ``\\user``,
.forward files ``~/file``, too.

SECURITY: no network. Three kinds of process: this one reads requests and alias tables and has
no capability; the nursery may change uids and reads nothing; workers have one user's rights
each, with every capability cleared before anything of the user's is read or run. Commands get
a filtered environment and a shell only where their text needs one; nothing that came from
outside is ever part of that text. Only root's own mailbox is written as root, nothing is run
as root: root's ``mailbox_command``, and the files and commands of root's .forward, belong to
``default_privs``. Lists that root's aliases include are read as whoever decides what is in them
(``keeper``), .forward files in time that grows with their length alone. One name's commands work
two at a time, and one user's mail keeps half of the workers busy at most: nobody's sleeping
command or locked file holds up others.

STANDARDS: RFC 822 and 5322 headers, aliases(5), mbox(5), Maildir.

BUGS: who is expanded to several destinations is reported once, with the worst of their ends;
the log has each.

PARAMETERS: see settings.
"""
