"""Contexts shake hands as main.cf allows, and not otherwise."""

import ssl

import pytest

from postroom.tls.chain import BadChain, chains, use_chain
from postroom.tls.context import BadOption, Policy, client_context, server_context
from postroom.tls.summary import Summary, read_summary, summary_of
from postroom.tls.versions import allowed_versions
from unit.tls.keys import EXPIRED, KEY, UNTIL_2060

ANY = Policy(allowed_versions(""), "ALL:@SECLEVEL=0")


def shake_hands(server: Policy, client: Policy, chain: str = KEY + UNTIL_2060) -> Summary:
    """Both ends in memory; what the server says was agreed on."""
    context = server_context(server)
    use_chain(context, chain.encode())
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client_context(client).wrap_bio(back, there),
        context.wrap_bio(there, back, server_side=True),
    ]
    while ends:
        for end in tuple(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            ends.remove(end)
    return summary_of(end)


def only(version: str) -> Policy:
    return ANY._replace(versions=allowed_versions(version))


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
def test_each_version_can_be_the_only_one(version: str) -> None:
    assert shake_hands(ANY, only(version)).protocol == version
    assert shake_hands(only(version), ANY).protocol == version


def test_versions_that_are_left_out_are_not_spoken() -> None:
    with pytest.raises(ssl.SSLError):
        shake_hands(only(">=TLSv1.2"), only("<=TLSv1.1"))
    with pytest.raises(ssl.SSLError):
        shake_hands(only("!TLSv1.2"), only("TLSv1.2"))


def test_only_ciphers_of_the_list_are_used() -> None:
    policy = Policy(allowed_versions("TLSv1.2"), "ECDHE-ECDSA-AES128-GCM-SHA256")
    assert shake_hands(policy, ANY) == Summary("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", 128)
    with pytest.raises(ssl.SSLError):
        shake_hands(policy, only("TLSv1.2")._replace(ciphers="ECDHE-ECDSA-AES256-GCM-SHA384"))


@pytest.mark.parametrize(("preempt", "first"), [(False, "128"), (True, "256")])
def test_the_order_of_ciphers_is_the_clients_unless_the_server_preempts(
    preempt: bool, first: str
) -> None:
    strong, fast = "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"
    versions = allowed_versions("TLSv1.2")
    server = Policy(versions, f"{strong}:{fast}", server_order=preempt)
    assert str(shake_hands(server, Policy(versions, f"{fast}:{strong}")).bits) == first


def test_a_summary_reads_as_in_postfix() -> None:
    summary = Summary("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256)
    assert str(summary) == "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
    assert read_summary(str(summary)) == summary
    assert read_summary("") is None


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(BadOption):
        server_context(ANY._replace(options=("NO_SUCH",)))


def test_a_chain_file_may_hold_several_keys_each_with_its_certificates() -> None:
    first, second = KEY + UNTIL_2060 + EXPIRED, KEY + EXPIRED
    assert chains((first + second).encode()) == (first.encode(), second.encode())


@pytest.mark.parametrize("pem", ["", UNTIL_2060, UNTIL_2060 + KEY])
def test_a_chain_without_a_key_before_it_is_refused(pem: str) -> None:
    with pytest.raises(BadChain):
        chains(pem.encode())


@pytest.mark.parametrize("pem", ["", UNTIL_2060])
def test_a_certificate_is_not_used_without_a_key(pem: str) -> None:
    with pytest.raises(BadChain):
        use_chain(server_context(ANY), pem.encode())


def test_a_server_cannot_begin_anew_in_the_midst_of_it() -> None:
    assert client_context(ANY).options & ssl.OP_NO_RENEGOTIATION
