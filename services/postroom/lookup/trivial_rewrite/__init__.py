"""trivial-rewrite(8): put addresses in form, and find where they go.

Socket ``rewrite`` (contracts/rewrite): ``Rewrite`` completes addresses to
user@fully.qualified.domain, ``Resolve`` finds transport, nexthop and address class. Asked by
smtpd, cleanup and qmgr. Reads the tables that main.cf names; proxymap is asked for those of
servers, and while one of them is slow, other questions are answered.

Addresses come and go in internal form, without quotes (mail.address). Tables are searched for
the quoted form first, then for the form without quotes. A table that cannot be read gives
``TryAgain``; nothing is concluded from the others.

SECURITY: no network, no state, no privileges; it needs to read the tables. Nothing it answers
can make a component do more than that component may do for any address.

STANDARDS: RFC 5321 section 4.1.2 (routes, literals), appendix C (source routes).

BUGS: what another host means by ``user%there@here`` or ``"user@there"@here`` cannot be known.
Where ``inet_interfaces = all``, an address literal is ours only if it is a loopback address or
named in proxy_interfaces: the service lives in a network namespace of its own.
``virtual_alias_address_length_limit`` is not its business.

PARAMETERS: address_verify_default_transport, address_verify_local_transport,
address_verify_relay_transport, address_verify_relayhost,
address_verify_sender_dependent_default_transport_maps,
address_verify_sender_dependent_relayhost_maps, address_verify_transport_maps,
address_verify_virtual_transport, allow_min_user, allow_percent_hack, append_at_myorigin,
append_dot_mydomain, default_transport, double_bounce_sender,
empty_address_default_transport_maps_lookup_key,
empty_address_relayhost_maps_lookup_key, helpful_warnings, inet_interfaces, local_transport,
max_idle, mydestination, mydomain, myhostname, myorigin, owner_request_special,
parent_domain_matches_subdomains, proxy_interfaces, recipient_delimiter, relay_domains,
relay_transport, relayhost, relocated_maps, relocated_prefix_enable,
remote_header_rewrite_domain, resolve_dequoted_address,
resolve_null_domain, resolve_numeric_domain, sender_dependent_default_transport_maps,
sender_dependent_relayhost_maps, show_user_unknown_table_name, swap_bangpath, syslog_facility,
syslog_name, transport_maps, virtual_alias_domains, virtual_mailbox_domains, virtual_transport.
"""
