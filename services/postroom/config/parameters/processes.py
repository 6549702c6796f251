"""Parameters of processes and what they share."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Parameter,
    choice,
    needed,
    number,
    seconds,
    size,
    text,
    words,
    yes_no,
)

STARTED = Accepted("systemd starts the services, and starts them again.")
ENDS = Accepted("A service ends once nothing is under way.")
DEFERS = Accepted("A table that cannot be opened ends no service; what needs it waits.")
MEMORY = Accepted("Daemons keep what they learn by themselves, and in no table.")
REMOVED = Accepted("What is delivered is removed; what cannot be read is kept in corrupt/.")
CONNECTED = Accepted("How long services stay connected and wait for each other is fixed.")
INDEXED = Accepted("hash: and btree: are read from .cdb files; there is nothing to migrate.")

PARAMETERS: tuple[Parameter, ...] = (
    seconds("application_event_drain_time", "100s", ENDS, low=1),
    number(
        "berkeley_db_create_buffer_size",
        "16777216",
        Accepted("Tables are kept in another format."),
        low=1,
    ),
    number(
        "berkeley_db_read_buffer_size",
        "131072",
        Accepted("Tables are kept in another format."),
        low=1,
    ),
    yes_no("daemon_table_open_error_is_fatal", "no", DEFERS),
    seconds("daemon_timeout", "18000s", STARTED, low=1),
    text("default_cache_db_type", "lmdb", MEMORY),
    needed(
        "default_database_type",
        "hash",
        Acts("The type of table postmap and postalias build when none is named."),
    ),
    number("dont_remove", "0", REMOVED),
    number("fork_attempts", "5", STARTED, low=1),
    seconds("fork_delay", "1s", STARTED, low=1),
    seconds("ipc_idle", "5s", CONNECTED, low=1),
    seconds("ipc_timeout", "3600s", CONNECTED, low=1),
    seconds("ipc_ttl", "1000s", CONNECTED, low=1),
    size(
        "lmdb_map_size",
        "16777216",
        Accepted("postmap makes a map as large as its entries need, and with room for 16 MB."),
        low=1,
    ),
    words(
        "master_service_disable",
        "",
        Acts(
            "Lines of master.cf where nobody listens, by their type or as name/type.",
            limits="lines of another type than inet stay, as mail could not do without them",
        ),
    ),
    seconds("max_idle", "100s", Acts("How long an unused service stays."), low=1),
    number(
        "max_use",
        "100",
        Accepted(
            "Services leave when they are unused: one serves many at a time, and to start it anew "
            "after a number of them would cost more than it frees."
        ),
        low=1,
    ),
    text("non_bdb_custom_mapping", "", INDEXED),
    text("non_bdb_migration_allow_root_prefixes", "/etc $config_directory", INDEXED),
    text("non_bdb_migration_allow_user_prefixes", "", INDEXED),
    choice(
        "non_bdb_migration_level",
        "disable",
        INDEXED,
        "disable",
        "enable-redirect",
        "enable-reindex",
    ),
    text("process_id", "", Accepted("Read by values only.")),
    text("process_name", "", Accepted("Read by values only.")),
    words(
        "proxy_read_maps",
        "$local_recipient_maps $mydestination $virtual_alias_maps $virtual_alias_domains "
        "$virtual_mailbox_maps $virtual_mailbox_domains $relay_recipient_maps "
        "$relay_domains $canonical_maps $sender_canonical_maps $recipient_canonical_maps "
        "$relocated_maps $transport_maps $mynetworks $smtpd_sender_login_maps "
        "$sender_bcc_maps $recipient_bcc_maps $smtp_generic_maps $lmtp_generic_maps "
        "$alias_maps $smtpd_client_restrictions $smtpd_helo_restrictions "
        "$smtpd_sender_restrictions $smtpd_relay_restrictions "
        "$smtpd_recipient_restrictions "
        "$address_verify_sender_dependent_default_transport_maps "
        "$address_verify_sender_dependent_relayhost_maps $address_verify_transport_maps "
        "$fallback_transport_maps $lmtp_discard_lhlo_keyword_address_maps "
        "$lmtp_pix_workaround_maps $lmtp_sasl_password_maps $lmtp_tls_policy_maps "
        "$mailbox_command_maps $mailbox_transport_maps "
        "$postscreen_discard_ehlo_keyword_address_maps $rbl_reply_maps "
        "$sender_dependent_default_transport_maps $sender_dependent_relayhost_maps "
        "$smtp_discard_ehlo_keyword_address_maps $smtp_pix_workaround_maps "
        "$smtp_sasl_password_maps $smtp_tls_policy_maps "
        "$smtpd_discard_ehlo_keyword_address_maps $smtpd_milter_maps $virtual_gid_maps "
        "$virtual_uid_maps $local_login_sender_maps $postscreen_reject_footer_maps "
        "$smtpd_reject_footer_maps $tls_server_sni_maps $tlsproxy_client_policy_maps "
        "$default_delivery_status_filter $lmtp_delivery_status_filter "
        "$lmtp_dns_reply_filter $lmtp_reply_filter $local_delivery_status_filter "
        "$pipe_delivery_status_filter $postscreen_command_filter "
        "$smtp_delivery_status_filter $smtp_dns_reply_filter $smtp_reply_filter "
        "$smtpd_command_filter $smtpd_dns_reply_filter $virtual_delivery_status_filter "
        "$body_checks $header_checks $lmtp_body_checks $lmtp_header_checks "
        "$lmtp_mime_header_checks $lmtp_nested_header_checks $milter_header_checks "
        "$mime_header_checks $nested_header_checks $smtp_body_checks $smtp_header_checks "
        "$smtp_mime_header_checks $smtp_nested_header_checks",
        Acts("The parameters whose proxy: tables proxymap reads."),
    ),
    words(
        "proxy_write_maps",
        "$smtp_sasl_auth_cache_name $lmtp_sasl_auth_cache_name $address_verify_map "
        "$postscreen_cache_map",
        MEMORY,
    ),
    text("service_name", "", Accepted("Read by values only: the name of a service within its -o.")),
    seconds("service_throttle_time", "60s", STARTED, low=1),
    number(
        "socketmap_max_query_size",
        "10000",
        Accepted(
            "Postfix, too, sends a question of any length; keys are bounded as addresses are."
        ),
    ),
    number(
        "socketmap_max_reply_size",
        "100000",
        Acts("How long an answer of a socketmap: server may be (bytes)."),
        low=1,
    ),
    seconds("trigger_timeout", "10s", CONNECTED, low=1),
)
