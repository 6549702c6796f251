"""Addresses in tables and in header fields: what cleanup and the clients for other hosts share.

``address_lookup`` searches tables in the order of canonical(5), ``address_fields`` exchanges
the addresses of a header field in place.
"""
