"""Replies that are the same whoever gives them: the network's server, or sendmail -bs."""

from postroom.esmtp.command_parser import VERBS
from postroom.esmtp.reply import Reply

OK = Reply(250, "2.0.0", "Ok")
SENDER_OK = Reply(250, "2.1.0", "Ok")
RECIPIENT_OK = Reply(250, "2.1.5", "Ok")
# The message behind it decides whether DATA succeeded.
GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
BYE = Reply(221, "2.0.0", "Bye")
HELP = Reply(214, "2.0.0", f"Commands: {' '.join(sorted(VERBS))}")
UNRECOGNIZED = Reply(500, "5.5.2", "Error: command not recognized")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Error: command not implemented")
UNABLE_TO_QUEUE = Reply(458, "", "Unable to queue messages")
NO_VRFY = Reply(502, "5.5.1", "VRFY command is disabled")
# What MAIL said of the size of a message, and what its content came to.
SIZE_EXCEEDED = Reply(552, "5.3.4", "Message size exceeds fixed limit")
TOO_BIG = Reply(552, "5.3.4", "Error: message file too big")
