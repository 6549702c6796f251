"""postscreen(8): who comes is looked at before anything is said to it.

In Postfix it is a program of its own, which hands good clients on to smtpd processes; here a
service that ``postscreen`` stands for in master.cf is an smtpd that looks first. A client that
speaks before it was greeted, or that is on DNS lists whose weights come to a threshold, is let
talk to no effect (``enforce``) or sent away (``drop``). Who passes is remembered for a while.

The tests behind the greeting (postscreen_pipelining_enable, …_non_smtp_command_enable,
…_bare_newline_enable) are not made: smtpd refuses these faults by itself, of all clients.
"""
