"""What becomes of mail at each TLS level, whatever the server can do."""

import hashlib
import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import DROP, Peer, Session, server_context
from unit.tls.keys import EXPIRED, UNTIL_2060

SENT = "2.0.0 sent (250 2.0.0 Ok: queued as ABC)"
NOT_VERIFIED = "4.7.5 deferred (Server certificate not verified)"


@pytest.fixture
def authority(tmp_path: Path) -> str:
    file = tmp_path / "authority.pem"
    file.write_text(UNTIL_2060)
    return str(file)


def _delivered(peer: Peer, more: Any, **envelope: Any) -> tuple[str, Session, list[str]]:
    """The status, the last session, and what the log says of TLS."""
    found: list[tuple[str, Session, list[str]]] = []

    async def story() -> None:
        field = Field(rules(tls_loglevel=1, **more))
        (status,) = await sent(field, peer, **envelope)
        told = [line for line in field.journal.lines if ": to=<" not in line]
        found.append((status, peer.sessions[-1], told))

    play(story)
    return found[0]


def test_where_nobody_wants_tls_the_mail_goes_in_clear() -> None:
    status, session, told = _delivered(
        Peer(tls=server_context()), {"tls_note_starttls_offer": True}
    )
    assert (status, session.secured) == (SENT, False)
    assert told == ["Host offered STARTTLS: [127.0.0.1]"]


@pytest.mark.parametrize("level", [{"tls_security_level": "may"}, {"use_tls": True}])
def test_where_it_may_be_and_is_offered_it_is_used(level: Any) -> None:
    status, session, (line,) = _delivered(Peer(tls=server_context()), level)
    assert (status, session.secured) == (SENT, True)
    assert line.startswith("Untrusted TLS connection established to 127.0.0.1[127.0.0.1]:")
    assert line.endswith(": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)")
    assert session.commands[:3] == ["EHLO me.example", "STARTTLS", "EHLO me.example"]


def test_a_known_authority_makes_a_connection_trusted_even_where_that_is_not_needed(
    authority: str,
) -> None:
    more = {"tls_security_level": "may", "tls_CAfile": authority}
    _, _, (line,) = _delivered(Peer(tls=server_context()), more)
    assert line.startswith("Trusted TLS connection established to ")


def test_a_server_without_a_certificate_is_anonymous() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:@SECLEVEL=0")
    more = {"tls_security_level": "may", "tls_medium_cipherlist": "ALL"}
    _, session, (line,) = _delivered(Peer(tls=context), more)
    assert session.secured
    assert line.startswith("Anonymous TLS connection established to ")


def test_where_it_must_be_and_is_not_offered_no_mail_goes_out() -> None:
    for level in ("encrypt", "verify", "secure", "fingerprint"):
        peer = Peer()
        status, session, _ = _delivered(peer, {"tls_security_level": level})
        assert status == (
            "4.7.4 deferred (TLS is required, but was not offered by host 127.0.0.1[127.0.0.1])"
        )
        assert not any(command.startswith("MAIL") for command in session.commands)


def test_where_it_must_be_and_is_refused_no_mail_goes_out() -> None:
    peer = Peer(tls=server_context(), replies={"STARTTLS": "454 4.3.0 not now"})
    status, session, _ = _delivered(peer, {"tls_security_level": "encrypt"})
    assert status == (
        "4.3.0 deferred (TLS is required, but host 127.0.0.1[127.0.0.1] refused to start TLS: "
        "454 4.3.0 not now)"
    )
    assert not any(command.startswith("MAIL") for command in session.commands)


def test_where_it_may_be_and_is_refused_the_mail_goes_in_clear() -> None:
    peer = Peer(tls=server_context(), replies={"STARTTLS": "454 4.3.0 not now"})
    status, session, _ = _delivered(peer, {"tls_security_level": "may"})
    assert (status, session.secured) == (SENT, False)


@pytest.mark.parametrize(
    ("level", "waited", "expected"),
    [
        ("may", 0, "4.7.5 deferred (Cannot start TLS: handshake failure)"),
        ("may", 400, SENT),
        ("encrypt", 400, "4.7.5 deferred (Cannot start TLS: handshake failure)"),
    ],
)
def test_after_a_failed_handshake_optional_tls_is_left_out_once_the_mail_has_waited(
    level: str, waited: int, expected: str
) -> None:
    old = server_context(minimum_version=ssl.TLSVersion.TLSv1_3)
    more = {"tls_security_level": level, "tls_protocols": "<=TLSv1.2"}
    more |= {"tls_mandatory_protocols": "<=TLSv1.2"}
    peer = Peer(tls=old)
    status, session, told = _delivered(peer, more, arrival=time.time() - waited)
    assert status == expected
    assert not session.secured
    assert "SSL_connect error to 127.0.0.1[127.0.0.1]:" in told[0]


@pytest.mark.parametrize("table", ["static:user:password", "texthash:/nonexistent/passwords"])
def test_a_password_never_goes_out_in_clear_for_a_failed_handshake(table: str) -> None:
    more = {
        "tls_security_level": "may",
        "tls_protocols": "<=TLSv1.2",
        "sasl_auth_enable": True,
        "sasl_password_maps": (table,),
    }
    peer = Peer(tls=server_context(minimum_version=ssl.TLSVersion.TLSv1_3))
    status, _, _ = _delivered(peer, more, arrival=time.time() - 400)
    assert status == "4.7.5 deferred (Cannot start TLS: handshake failure)"


def test_a_connection_that_breaks_in_the_handshake_is_a_failed_one() -> None:
    peer = Peer(tls=server_context(), replies={"STARTTLS": DROP})
    status, _, _ = _delivered(peer, {"tls_security_level": "encrypt"})
    assert status.startswith("4.4.2 deferred (lost connection with 127.0.0.1[127.0.0.1] while ")
    assert "receiving the STARTTLS response" in status


@pytest.mark.parametrize(
    ("level", "match", "expected"),
    [
        ("verify", "mail.example.org", SENT),
        ("secure", ".example.org", SENT),
        ("secure", "other.example.org", NOT_VERIFIED),
        ("secure", "nexthop:hostname", NOT_VERIFIED),
    ],
)
def test_a_server_must_prove_its_name(
    level: str, match: str, expected: str, authority: str
) -> None:
    more = {
        "tls_security_level": level,
        "tls_CAfile": authority,
        f"tls_{level}_cert_match": (match,),
    }
    status, session, told = _delivered(Peer(tls=server_context()), more)
    assert status == expected
    if expected == SENT:
        assert session.secured
        assert told[0].startswith("Verified TLS connection established to ")
    else:
        assert told[0].startswith("server certificate verification failed for 127.0.0.1[")
        assert told[0].endswith(": num=62:hostname mismatch")
        assert told[1].startswith("Trusted TLS connection established to ")


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [(UNTIL_2060, "self-signed certificate"), (EXPIRED, "certificate has expired")],
)
def test_a_server_that_nobody_vouches_for_gets_no_mail(
    certificate: str, reason: str, tmp_path: Path
) -> None:
    known = tmp_path / "authorities.pem"
    known.write_text(EXPIRED)
    more = {
        "tls_security_level": "verify",
        "tls_verify_cert_match": ("mail.example.org",),
        "tls_CAfile": str(known),
    }
    status, session, told = _delivered(Peer(tls=server_context(certificate)), more)
    assert status == NOT_VERIFIED
    assert session.commands == ["EHLO me.example", "STARTTLS"]
    assert "certificate verification failed for 127.0.0.1[127.0.0.1]:" in told[0]
    assert told[0].endswith(f": {reason}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # openssl x509 -fingerprint -sha256, with and without its colons.
        ("own", SENT),
        ("own without colons", SENT),
        ("another", NOT_VERIFIED),
    ],
)
def test_a_fingerprint_needs_no_authority(given: str, expected: str) -> None:
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(EXPIRED))
    known = {
        "own": digest.digest().hex(":"),
        "own without colons": digest.hexdigest().upper(),
        "another": "00:11",
    }
    more = {
        "tls_security_level": "fingerprint",
        "tls_fingerprint_cert_match": ("aa:bb", known[given]),
    }
    status, _, _ = _delivered(Peer(tls=server_context(EXPIRED)), more)
    assert status == expected


def test_wrapper_mode_speaks_tls_from_the_first_byte() -> None:
    peer = Peer(tls=server_context(), wrapper_mode=True)
    more = {"tls_security_level": "encrypt", "tls_wrappermode": True}
    status, session, (line,) = _delivered(peer, more)
    assert status == SENT
    assert "STARTTLS" not in session.commands
    assert line.startswith("Untrusted TLS connection established to ")


def test_wrapper_mode_without_mandatory_tls_is_a_mistake() -> None:
    more = {"tls_security_level": "may", "tls_wrappermode": True}

    async def story() -> None:
        field, peer = Field(rules(**more)), Peer(tls=server_context(), wrapper_mode=True)
        (status,) = await sent(field, peer)
        assert status == "4.7.5 deferred (client TLS configuration problem)"
        assert peer.sessions == []
        assert field.journal.lines[:2] == [
            'warning: smtp_tls_wrappermode requires "smtp_tls_security_level = encrypt" '
            "(or stronger)",
            f"warning: TLS policy lookup for [127.0.0.1]:{peer.port}/127.0.0.1: "
            "client TLS configuration problem",
        ]

    play(story)


def test_what_a_server_says_after_it_agreed_and_before_tls_is_not_believed() -> None:
    peer = Peer(tls=server_context(), replies={"STARTTLS": "220 go\r\n250 STARTTLS"})
    status, session, _ = _delivered(peer, {"tls_security_level": "encrypt"})
    assert status == "4.7.5 deferred (Cannot start TLS: handshake failure)"
    assert session.contents == []


def test_a_server_that_is_unhappy_after_the_handshake_counts_as_one_that_failed_it() -> None:
    class Unhappy(Peer):
        """Hangs up on the first command inside of TLS."""

        def _reply(self, command: str) -> str:
            again = self.sessions[-1].secured and command.startswith("EHLO")
            return DROP if again else super()._reply(command)

    more = {"tls_security_level": "may"}
    status, session, _ = _delivered(Unhappy(tls=server_context()), more)
    assert "while performing the EHLO handshake" in status
    peer = Unhappy(tls=server_context())
    status, session, _ = _delivered(peer, more, arrival=time.time() - 400)
    assert (status, session.secured) == (SENT, False)


def test_a_server_that_never_ends_the_handshake_is_left_in_time() -> None:
    peer = Peer(extensions=("STARTTLS",))
    more = {"tls_security_level": "encrypt", "starttls_timeout": 0.2}
    status, _, told = _delivered(peer, more)
    assert status == "4.7.5 deferred (Cannot start TLS: handshake failure)"
    assert "SSL_connect error to 127.0.0.1[127.0.0.1]:" in told[0]


@pytest.mark.parametrize(("database", "hits"), [(("btree:sessions",), 2), ((), 0)])
def test_sessions_are_resumed_where_main_cf_has_a_cache(
    database: tuple[str, ...], hits: int
) -> None:
    async def story() -> None:
        context = server_context()
        peer = Peer(tls=context)
        await peer.start()
        field = Field(rules(tls_security_level="may", tls_session_cache_database=database))
        for _ in range(3):
            await deliver(field.ways, field.attempt(f"[127.0.0.1]:{peer.port}"))
        await peer.stop()
        assert field.statuses == [SENT] * 3
        assert len(peer.sessions) == 3
        assert context.session_stats()["hits"] == hits

    play(story)


def test_a_connection_with_tls_is_kept_where_main_cf_or_the_policy_says_so() -> None:
    async def story() -> None:
        peer = Peer(tls=server_context())
        await peer.start()
        field = Field(rules(tls_security_level="may", tls_connection_reuse=True, tls_loglevel=1))
        for _ in range(3):
            await deliver(field.ways, field.attempt(f"[127.0.0.1]:{peer.port}"))
        await peer.stop()
        assert field.statuses == [SENT] * 3
        assert len(peer.sessions) == 2
        told = [line.partition(" to ")[0] for line in field.journal.lines if "TLS" in line]
        assert told == [
            "Untrusted TLS connection established",
            "Untrusted TLS connection established",
            "Untrusted TLS connection reused",
        ]

    play(story)


def test_lmtp_is_secured_as_well() -> None:
    peer = Peer(tls=server_context(), ends=("250 2.0.0 stored",))
    more = {"lmtp": True, "tls_security_level": "encrypt"}
    status, session, _ = _delivered(peer, more)
    assert (status, session.secured) == ("2.0.0 sent (250 2.0.0 stored)", True)
    assert session.commands[:3] == ["LHLO me.example", "STARTTLS", "LHLO me.example"]


def test_a_digest_that_nobody_knows_is_a_mistake() -> None:
    more = {"tls_security_level": "fingerprint", "tls_fingerprint_digest": "sha257"}

    async def story() -> None:
        field, peer = Field(rules(**more)), Peer(tls=server_context())
        assert await sent(field, peer) == ["4.7.5 deferred (client TLS configuration problem)"]

    play(story)


def test_large_content_is_encrypted_as_well(tmp_path: Path) -> None:
    file = tmp_path / "message"
    file.write_bytes(b"Subject: x\r\n\r\n" + b"0123456789abcdef\r\n" * 60_000)
    status, session, _ = _delivered(
        Peer(tls=server_context(), extensions=()), {"tls_security_level": "may"}, content=file
    )
    assert status == SENT
    assert session.secured
    assert session.contents == [file.read_bytes()]
