"""Parameters of who may send what to whom, and the codes of refusals."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    choice,
    number,
    patterns,
    reply_code,
    restrictions,
    seconds,
    tables,
    template,
    text,
    words,
    yes_no,
)

PARAMETERS: tuple[Parameter, ...] = (
    reply_code("access_map_defer_code", "450", Acts('The reply code of "defer" in access tables.')),
    reply_code(
        "access_map_reject_code", "554", Acts('The reply code of "reject" in access tables.')
    ),
    yes_no(
        "allow_untrusted_routing",
        "no",
        Acts("Whether senders may lay out a route through us (user%elsewhere@here)."),
    ),
    template(
        "default_rbl_reply",
        "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using "
        "$rbl_domain${rbl_reason?; $rbl_reason}",
        Acts("The reply to what a DNS list names."),
    ),
    reply_code("defer_code", "450", Acts("The reply code of defer in restrictions.")),
    number("fault_injection_code", "0", Accepted("For tests of Postfix alone.")),
    reply_code(
        "invalid_hostname_reject_code",
        "501",
        Acts("The reply code of reject_invalid_helo_hostname."),
    ),
    words("maps_rbl_domains", "", Accepted("Postfix itself no longer has reject_maps_rbl.")),
    reply_code(
        "maps_rbl_reject_code", "554", Acts("The reply code of reject_rbl_client and the like.")
    ),
    reply_code(
        "multi_recipient_bounce_reject_code",
        "550",
        Acts("The reply code of reject_multi_recipient_bounce."),
    ),
    reply_code("non_fqdn_reject_code", "504", Acts("The reply code of reject_non_fqdn_….")),
    patterns(
        "permit_mx_backup_networks",
        "",
        Acts("Where the best exchangers of a domain have to be for permit_mx_backup."),
    ),
    tables("rbl_reply_maps", "", Acts("Replies by DNS list, instead of default_rbl_reply.")),
    reply_code("reject_code", "554", Acts("The reply code of reject in restrictions.")),
    choice(
        "reject_tempfail_action",
        "defer_if_permit",
        Acts("What becomes of mail where a restriction that might refuse it cannot tell now."),
        "defer",
        "defer_if_permit",
    ),
    reply_code(
        "relay_domains_reject_code", "554", Acts("The reply code of mail that would be relayed.")
    ),
    restrictions("smtpd_client_restrictions", "", Acts("What decides about a client.")),
    restrictions("smtpd_data_restrictions", "", Acts("What decides at DATA.")),
    yes_no("smtpd_delay_reject", "yes", Acts("Wait until RCPT before a client is refused.")),
    restrictions(
        "smtpd_end_of_data_restrictions", "", Acts("What decides when the content has come.")
    ),
    restrictions("smtpd_etrn_restrictions", "", Acts("What decides at ETRN.")),
    number(
        "smtpd_forbid_bare_newline_reject_code",
        "550",
        Acts("The reply code of such lines."),
        low=500,
        high=599,
    ),
    restrictions("smtpd_helo_restrictions", "", Acts("What decides at HELO.")),
    patterns(
        "smtpd_log_access_permit_actions",
        "",
        Acts("Restrictions of which the log has it when they permit something."),
    ),
    text(
        "smtpd_null_access_lookup_key",
        "<>",
        Acts("What stands for the empty sender in access tables."),
    ),
    text(
        "smtpd_policy_service_default_action",
        "451 4.3.5 Server configuration problem",
        Acts("What is done where a policy server cannot be asked."),
    ),
    seconds(
        "smtpd_policy_service_max_idle",
        "300s",
        Acts("How long a connection to a policy server is kept unused."),
        low=1,
    ),
    seconds(
        "smtpd_policy_service_max_ttl",
        "1000s",
        Acts("How long a connection to a policy server is kept at all."),
        low=1,
    ),
    text(
        "smtpd_policy_service_policy_context",
        "",
        Acts("What policy servers are told to tell requests apart."),
    ),
    number(
        "smtpd_policy_service_request_limit",
        "0",
        Acts("How often a connection to a policy server is used; 0 is no limit."),
    ),
    seconds(
        "smtpd_policy_service_retry_delay",
        "1s",
        Acts("How long to wait before a policy server is asked again."),
        low=1,
    ),
    seconds(
        "smtpd_policy_service_timeout", "100s", Acts("How long a policy server may take."), low=1
    ),
    number(
        "smtpd_policy_service_try_limit", "2", Acts("How often a policy server is asked."), low=1
    ),
    restrictions("smtpd_recipient_restrictions", "", Acts("What decides about a recipient.")),
    tables(
        "smtpd_reject_filter_maps",
        "",
        Acts("Tables that have other replies for some that refuse something."),
    ),
    yes_no("smtpd_reject_unlisted_recipient", "yes", Acts("Refuse recipients that do not exist.")),
    yes_no("smtpd_reject_unlisted_sender", "no", Acts("Refuse senders that do not exist.")),
    yes_no(
        "smtpd_relay_before_recipient_restrictions",
        "${{$compatibility_level} <level {3.6} ? {no} : {yes}}",
        Acts("Ask smtpd_relay_restrictions first."),
    ),
    restrictions(
        "smtpd_relay_restrictions",
        "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, "
        "permit_sasl_authenticated, defer_unauth_destination}}",
        Acts("What decides whether mail is relayed."),
    ),
    words(
        "smtpd_restriction_classes",
        "",
        Acts("Names of parameters that hold restrictions, to be named among restrictions."),
    ),
    restrictions("smtpd_sender_restrictions", "", Acts("What decides about a sender.")),
    reply_code(
        "unknown_address_reject_code",
        "450",
        Acts("The reply code of reject_unknown_sender_domain and the like."),
    ),
    choice(
        "unknown_address_tempfail_action",
        "$reject_tempfail_action",
        Acts("The same of reject_unknown_sender_domain and the like."),
        "defer",
        "defer_if_permit",
    ),
    reply_code(
        "unknown_client_reject_code",
        "450",
        Acts("The reply code of reject_unknown_client_hostname."),
    ),
    choice(
        "unknown_helo_hostname_tempfail_action",
        "$reject_tempfail_action",
        Acts("The same of reject_unknown_helo_hostname."),
        "defer",
        "defer_if_permit",
    ),
    reply_code(
        "unknown_hostname_reject_code",
        "450",
        Acts("The reply code of reject_unknown_helo_hostname."),
    ),
    reply_code(
        "unknown_local_recipient_reject_code",
        "550",
        Acts("The reply code of local users that do not exist."),
    ),
    reply_code(
        "unknown_relay_recipient_reject_code",
        "550",
        Acts("The reply code of unknown addresses in relay_domains."),
    ),
    reply_code(
        "unknown_virtual_alias_reject_code",
        "550",
        Acts("The reply code of unknown addresses in virtual_alias_domains."),
    ),
    reply_code(
        "unknown_virtual_mailbox_reject_code",
        "550",
        Acts("The reply code of unknown addresses in virtual_mailbox_domains."),
    ),
)
