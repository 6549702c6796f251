"""postfix(1): Postfix's command to control the mail system, for what has always called it.

``postfix [-c DIRECTORY] [-Dv] COMMAND``

start, stop, reload, abort, flush, check and status do what postroom(8) does, with the words, the
exit codes and the lines of the mail log that hooks and monitoring know from Postfix.

set-permissions and ``post-install create-missing`` make directories anew as the package made
them. What would edit files that are not ours to edit (tls, the rest of post-install), and what
systemd does better (start-fg, logrotate) is refused with the reason.

SECURITY  is for the superuser alone, as in Postfix.
"""

from postroom.commands.postfix.command import main

__all__ = ["main"]
