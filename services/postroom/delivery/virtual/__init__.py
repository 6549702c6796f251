"""virtual(8): deliver to mailboxes that belong to no login, as tables say.

Socket ``delivery`` (contracts/delivery). ``virtual_mailbox_maps`` gives the mailbox's path
below ``virtual_mailbox_base`` (a Maildir if it ends in a slash, else an mbox),
``virtual_uid_maps`` and ``virtual_gid_maps`` whose it is. No aliases, no commands.

SECURITY: as local: this process has no capability; a worker with exactly the mailbox's uid and
gid writes it. A uid below ``virtual_minimum_uid`` is refused, and so is a path that leads out of
``virtual_mailbox_base`` by ``..``; rules of patterns that make their result of the address do not
count.

STANDARDS: mbox(5), Maildir.

PARAMETERS: see settings.
"""
