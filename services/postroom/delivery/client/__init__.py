"""The SMTP and LMTP client that the daemons smtp and lmtp share.

``program`` wires it, ``journey`` carries one message from host to host, ``route`` finds the
hosts, ``pool`` keeps connections, ``connection`` moves the bytes; the protocol is in ``esmtp``.
"""
