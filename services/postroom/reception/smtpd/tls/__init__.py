"""TLS with clients (TLS_README, RFC 3207): ``encryption`` begins it, by ``context``, and by
``server_names`` for who asks for another name; ``securing`` is STARTTLS within a session, and
``client_certificate`` what a client has shown of itself.
"""
