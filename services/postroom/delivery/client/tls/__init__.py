"""TLS to servers (TLS_README): what main.cf wants of each, its contexts, and whom it trusts.

``policies`` finds the policy for a destination, ``policy_entry`` reads one of smtp_tls_policy_maps,
``contexts`` makes of it what Python's ssl works with, ``server_names`` compares a certificate with
it, ``handshake`` joins them.
"""
