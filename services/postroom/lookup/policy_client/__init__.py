"""policy-client: ask the policy servers that restriction lists name (check_policy_service).

Greylisting, SPF, quotas: such a server gets what is known of an SMTP command as lines
``name=value``, and answers with an action of access(5). In Postfix smtpd(8) speaks to it by
itself; here smtpd has no way to anything outside, and asks this service.

Sockets
    policy-client: contract ``policy-client``, one question for each time a server is to decide.

Asks
    Nobody of ours; the servers that main.cf names. ``unix:private/NAME`` is the socket of the
    spawn(8) service of that name, if master.cf has one.

SECURITY
    Runs as a dynamic user; its unit can reach the addresses of the servers and nothing else. An
    answer is read up to its first empty line, bounded in size and time; what it comes to is
    checked where it is acted upon, as the right-hand side of an access table.

STANDARDS
    Postfix's policy delegation protocol (SMTPD_POLICY_README).

BUGS
    A server that only an access table names is not asked (451): the generator looks for servers
    in restriction lists and classes.

PARAMETERS
    smtpd_policy_service_default_action, …_max_idle, …_max_ttl, …_policy_context,
    …_request_limit, …_retry_delay, …_timeout and …_try_limit, or the options in braces behind a
    server; max_idle, syslog_facility, syslog_name.
"""
