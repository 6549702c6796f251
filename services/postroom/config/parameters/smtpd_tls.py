"""Parameters of TLS on the way in."""

from postroom.config.parameter import (
    Accepted,
    Acts,
    Obsolete,
    Parameter,
    cache,
    choice,
    number,
    seconds,
    tables,
    text,
    words,
    yes_no,
)

LATER = Accepted("The SMTP server does not do this yet.")
OBSOLETE = Obsolete("Postfix itself no longer reads it.")

PARAMETERS: tuple[Parameter, ...] = (
    tables("relay_clientcerts", "", Acts("Fingerprints of certificates whose clients may relay.")),
    number(
        "smtpd_client_new_tls_session_rate_limit",
        "0",
        Acts("How often a client may begin TLS in anvil_rate_time_unit."),
    ),
    yes_no(
        "smtpd_enforce_tls", "no", Acts("An old way to say smtpd_tls_security_level = encrypt.")
    ),
    seconds(
        "smtpd_starttls_timeout",
        "${stress?{10}:{300}}s",
        Acts("How long a TLS handshake may take."),
        low=1,
    ),
    text(
        "smtpd_tls_CAfile", "", Acts("Certificates of authorities that may sign those of clients.")
    ),
    text(
        "smtpd_tls_CApath", "", Acts("A directory of such certificates, by the hash of their name.")
    ),
    yes_no(
        "smtpd_tls_always_issue_session_ids",
        "yes",
        Accepted("Sessions are resumed by tickets; OpenSSL sees to their ids."),
    ),
    yes_no(
        "smtpd_tls_ask_ccert",
        "no",
        Acts(
            "Ask clients for a certificate. One that no authority in smtpd_tls_CAfile or "
            "smtpd_tls_CApath signed ends the session, and its client is not asked again for an "
            "hour; without either nobody is asked."
        ),
    ),
    yes_no("smtpd_tls_auth_only", "no", Acts("Offer AUTH in TLS alone.")),
    number("smtpd_tls_ccert_verifydepth", "9", Accepted("OpenSSL's own limit on the chain holds.")),
    text("smtpd_tls_cert_file", "", Acts("Our certificate, and those between it and a root.")),
    words("smtpd_tls_chain_files", "", Acts("Keys, each followed by its certificates.")),
    text("smtpd_tls_cipherlist", "", OBSOLETE),
    text("smtpd_tls_ciphers", "medium", Acts("The grade of ciphers where TLS is not a must.")),
    text("smtpd_tls_dcert_file", "", Acts("As smtpd_tls_cert_file, for a DSA key.")),
    text(
        "smtpd_tls_dh1024_param_file",
        "",
        Acts("Parameters of the Diffie-Hellman exchange; without, elliptic curves are used."),
    ),
    text("smtpd_tls_dh512_param_file", "", Accepted("Nobody has export ciphers any more.")),
    text("smtpd_tls_dkey_file", "$smtpd_tls_dcert_file", Acts("The DSA key.")),
    text("smtpd_tls_eccert_file", "", Acts("As smtpd_tls_cert_file, for an ECDSA key.")),
    text("smtpd_tls_eckey_file", "$smtpd_tls_eccert_file", Acts("The ECDSA key.")),
    text(
        "smtpd_tls_eecdh_grade",
        "auto",
        Acts("auto: OpenSSL's curves; strong, ultra: the one curve of that name; none."),
    ),
    yes_no("smtpd_tls_enable_rpk", "no", LATER),
    words("smtpd_tls_exclude_ciphers", "", Acts("Ciphers that are never used.")),
    text(
        "smtpd_tls_fingerprint_digest",
        "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}",
        Acts("How certificates are made short for tables and the log."),
    ),
    text("smtpd_tls_key_file", "$smtpd_tls_cert_file", Acts("The key of smtpd_tls_cert_file.")),
    number(
        "smtpd_tls_loglevel",
        "0",
        Acts("1: a line for each TLS session; 2 and more: two, and the client's certificate."),
        high=4,
    ),
    tables("smtpd_tls_loglevel_maps", "", LATER),
    text(
        "smtpd_tls_mandatory_ciphers", "medium", Acts("The grade of ciphers where TLS is a must.")
    ),
    words("smtpd_tls_mandatory_exclude_ciphers", "", Acts("Ciphers not used where TLS is a must.")),
    words("smtpd_tls_mandatory_protocols", ">=TLSv1", Acts("Versions of TLS where it is a must.")),
    words("smtpd_tls_protocols", ">=TLSv1", Acts("Versions of TLS where it is not a must.")),
    yes_no("smtpd_tls_received_header", "no", Acts("Say in Received how mail was encrypted.")),
    yes_no(
        "smtpd_tls_req_ccert",
        "no",
        Acts("Where TLS is a must, have nothing to do with clients without a certificate."),
    ),
    choice(
        "smtpd_tls_security_level",
        "",
        Acts("none: no TLS; may: for who wants it; encrypt: no mail without it."),
        "",
        "none",
        "may",
        "encrypt",
    ),
    cache(
        "smtpd_tls_session_cache_database",
        "",
        Accepted("Clients resume sessions by tickets, which they keep."),
    ),
    seconds(
        "smtpd_tls_session_cache_timeout", "3600s", Acts("0: no tickets to resume sessions with.")
    ),
    number("smtpd_tls_trace_size_limit", "102400", LATER),
    yes_no("smtpd_tls_wrappermode", "no", Acts("TLS from the start, as on port 465.")),
    yes_no("smtpd_use_tls", "no", Acts("An old way to say smtpd_tls_security_level = may.")),
)
