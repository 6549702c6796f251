"""Parameters of addresses: their form, their rewriting, their routing."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Legacy,
    Obsolete,
    Parameter,
    choice,
    needed,
    number,
    patterns,
    tables,
    text,
    words,
    yes_no,
)

OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    yes_no("allow_percent_hack", "yes", Acts("Read user%domain as user@domain.")),
    text("always_bcc", "", Acts("An address that gets a copy of every message.")),
    yes_no(
        "append_at_myorigin", "yes", Acts("Complete addresses without a domain with $myorigin.")
    ),
    yes_no(
        "append_dot_mydomain",
        "${{$compatibility_level} <level {1} ? {yes} : {no}}",
        Acts("Complete domains without a dot with $mydomain."),
    ),
    words(
        "canonical_classes",
        "envelope_sender, envelope_recipient, header_sender, header_recipient",
        Acts("Which addresses canonical_maps changes."),
        "envelope_sender",
        "envelope_recipient",
        "header_sender",
        "header_recipient",
    ),
    tables("canonical_maps", "", Acts("Other forms of addresses, of senders and recipients.")),
    needed("default_transport", "smtp", Acts("How mail for other machines is delivered.")),
    text(
        "domain_to_ascii",
        "",
        Accepted("Only the name service is told names beyond ASCII in another form."),
    ),
    number(
        "duplicate_filter_limit",
        "1000",
        Acts("How many recipients of a message are remembered to find duplicates; 0: all."),
    ),
    text(
        "empty_address_default_transport_maps_lookup_key",
        "<>",
        Acts("What stands for the empty sender in that table."),
    ),
    needed(
        "empty_address_local_login_sender_maps_lookup_key",
        "<>",
        Acts("What stands for the empty sender in that table."),
    ),
    text(
        "empty_address_relayhost_maps_lookup_key",
        "<>",
        Acts("What stands for the empty sender in that table."),
    ),
    yes_no(
        "enable_idna2003_compatibility",
        "no",
        Acts("Seek names with ß or ς as IDNA 2003 has them: under another name."),
    ),
    yes_no(
        "enable_original_recipient",
        "yes",
        Acts("Say in X-Original-To which address the mail was sent to."),
    ),
    text(
        "full_name_encoding_charset",
        "utf-8",
        Acts("How a full name beyond ASCII is encoded in a From header; empty: not at all."),
    ),
    choice(
        "header_from_format",
        "standard",
        Acts("The form of a From header made from a full name."),
        "standard",
        "obsolete",
    ),
    words(
        "masquerade_classes",
        "envelope_sender, header_sender, header_recipient",
        Acts("Which addresses masquerade_domains changes."),
        "envelope_sender",
        "envelope_recipient",
        "header_sender",
        "header_recipient",
    ),
    words(
        "masquerade_domains",
        "",
        Acts("Domains whose hosts are hidden: user@host.domain becomes user@domain."),
    ),
    patterns("masquerade_exceptions", "", Acts("Users whose addresses are not masqueraded.")),
    tables("recipient_bcc_maps", "", Acts("Copies by recipient.")),
    words(
        "recipient_canonical_classes",
        "envelope_recipient, header_recipient",
        Acts("Which addresses recipient_canonical_maps changes."),
        "envelope_recipient",
        "header_recipient",
    ),
    tables("recipient_canonical_maps", "", Acts("Other forms of addresses of recipients.")),
    patterns(
        "relay_domains",
        "${{$compatibility_level} <level {2} ? {$mydestination} : {}}",
        Acts("Domains whose mail is taken for others and handed on."),
    ),
    tables("relay_recipient_maps", "", Acts("Which addresses in relay_domains exist; empty: all.")),
    needed("relay_transport", "relay", Acts("How mail for relay_domains is delivered.")),
    text("relayhost", "", Acts("Where all other mail goes.")),
    tables("relocated_maps", "", Acts("Addresses that have moved, and where to.")),
    yes_no(
        "relocated_prefix_enable",
        "yes",
        Acts("Say that a relocated user has moved; else the table says it all."),
    ),
    text(
        "remote_header_rewrite_domain",
        "",
        Acts("What completes addresses in headers from the network; empty: nothing."),
    ),
    yes_no("resolve_dequoted_address", "yes", Acts("Look for @ % ! inside quotes.")),
    yes_no("resolve_null_domain", "no", Acts('Take "user@" for local.')),
    yes_no("resolve_numeric_domain", "no", Acts("Take user@1.2.3.4 for user@[1.2.3.4].")),
    text(
        "rewrite_service_name", "rewrite", Accepted("trivial-rewrite is found at its own socket.")
    ),
    yes_no("sender_based_routing", "no", OBSOLETE),
    tables("sender_bcc_maps", "", Acts("Copies by sender.")),
    words(
        "sender_canonical_classes",
        "envelope_sender, header_sender",
        Acts("Which addresses sender_canonical_maps changes."),
        "envelope_sender",
        "header_sender",
    ),
    tables("sender_canonical_maps", "", Acts("Other forms of addresses of senders.")),
    tables("sender_dependent_default_transport_maps", "", Acts("default_transport by sender.")),
    tables("sender_dependent_relayhost_maps", "", Acts("relayhost by sender.")),
    yes_no("swap_bangpath", "yes", Acts("Read site!user as user@site.")),
    tables("transport_maps", "", Acts("Where mail goes, by address or domain.")),
    number(
        "virtual_alias_address_length_limit",
        "1000",
        Acts("The longest address an alias may make."),
        low=1,
    ),
    patterns(
        "virtual_alias_domains",
        "$virtual_alias_maps",
        Acts("Domains all of whose addresses are aliases."),
    ),
    number(
        "virtual_alias_expansion_limit",
        "1000",
        Acts("How many addresses aliases may make of one."),
        low=1,
    ),
    tables(
        "virtual_alias_maps", "$virtual_maps", Acts("Aliases of whole addresses, in any domain.")
    ),
    number(
        "virtual_alias_recursion_limit", "1000", Acts("How often aliases lead to aliases."), low=1
    ),
    text("virtual_maps", "", Legacy("virtual_alias_maps")),
)
