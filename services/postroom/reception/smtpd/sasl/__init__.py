"""AUTH (RFC 4954): who a client is, by the word of Dovecot's authentication server.

smtpd sees no password file: what a client says is passed on, and the answer believed.
"""
