"""TLS as main.cf describes it, for either end of an SMTP session (TLS_README).

``versions`` and ``ciphers`` read the lists of main.cf, ``context`` makes of them what Python's ssl
works with, ``chain`` gives it keys and certificates. ``summary`` says in Postfix's words what was
agreed on, ``certificate`` reads what the other side has shown, ``fingerprint`` names it.
"""
