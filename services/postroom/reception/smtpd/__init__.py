"""smtpd - receive mail from the network.

smtpd speaks SMTP with any number of clients at once, decides for each of them whose mail to
take for whom, and hands each message to cleanup(8). A client reads ``250`` behind a message
only after cleanup has answered that it is on stable storage.

SOCKETS
    smtpd   inherited: inet sockets as in master.cf; every client of the network

ASKS
    cleanup   queue ids, and to take each message and notices to the postmaster
    rewrite   where a recipient's mail would go, and so whether we are responsible
    proxymap  access tables, and which recipients exist
    dns       names of clients, domains of senders and recipients, DNS lists
    showq     to try the mail for a site again (ETRN)
    milter    what mail filters say at each step of a session (smtpd_milters)
    policy-client   what policy servers want done (check_policy_service)
    verify    whether mail to an address could be delivered (reject_unverified_recipient)
    Dovecot   who a client is (AUTH), at smtpd_sasl_path: its socket, or the one address and port
              that smtpd can then reach

CREDENTIALS
    smtpd_tls_…   the files that these parameters name, keys and certificates, read by systemd when
                  smtpd starts; "postroom reload" starts it anew where one of them has changed

SECURITY
    smtpd talks with strangers. It has no file, no network but the connections it accepts, and
    runs as a user of its own that exists only while it runs. What a client sends is parsed by
    one engine without I/O (postroom.esmtp), bounded in size and time: a command line, a piece
    of content and what was read ahead are all that is kept of a session. Only CRLF.CRLF ends a
    message; content goes on with CRLF line ends only, so that no host behind us can read
    another end into it. Where no answer can be had from a peer the client is asked to come
    back (451); nothing is let through because a question failed.

    Who comes while as many are served as master.cf has processes for the service (maxproc), and
    for a minute after, is served with the values that hold where ``$stress`` is set; who was
    there before is not hurried.

    Who may say that it is somebody else (XCLIENT), or has its mail from somebody else (XFORWARD),
    is on a list; others do not even hear of these commands. The first changes what a client may
    do, the second only what is said of it.

    What came in clear behind STARTTLS is thrown away, as is all that was said before it, so that
    nobody in between can put words into a client's mouth (CVE-2011-0411).

STANDARDS
    RFC 5321 (SMTP), RFC 1870 (SIZE), RFC 2034 (enhanced status codes), RFC 2920 (pipelining),
    RFC 3030 (CHUNKING; not BINARYMIME), RFC 3207 (STARTTLS), RFC 3461 (DSN), RFC 3848 (ESMTPS),
    RFC 4954 (AUTH), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8), RFC 7505 (null MX); XCLIENT_README
    and XFORWARD_README of Postfix

BUGS
    Limits of what one client may do, and what SASL and TLS are offered, are those without stress.
    Of authentication services Dovecot's alone is known (smtpd_sasl_type). A client that has become
    another one (XCLIENT) is counted as that one; Postfix 3.10 goes on with its real address.

    A client that shows a certificate which no authority of ours signed is sent away in the
    handshake, since Python's ssl knows no other way, and is not asked for it the next time
    (smtpd_tls_ask_ccert). The log says of a TLS session
    its version and cipher, not the key exchange.

PARAMETERS
    See settings.py; postconf(5) explains each.
"""
