"""A probe (sendmail -bv) goes to those who are asked about, and is not made to look like mail."""

from unit.cleanup.stories import local, stored, without_received


def test_a_probe_gets_neither_copies_nor_headers() -> None:
    env, content = stored(
        local("bob", trace="verify"), b"Subject: probe\r\n\r\n", always_bcc="archive@x.example"
    )
    assert env.trace == "verify"
    assert [recipient.address for recipient in env.recipients] == ["bob@host.example"]
    assert without_received(content) == b"Subject: probe\r\n\r\n"


def test_verbose_mail_is_mail_like_any_other() -> None:
    env, content = stored(
        local("bob", trace="verbose"), b"Subject: x\r\n\r\n", always_bcc="archive@x.example"
    )
    assert env.trace == "verbose"
    assert len(env.recipients) == 2
    assert b"\r\nMessage-Id: " in content


def test_a_probe_is_expanded_by_virtual_aliases() -> None:
    table = "inline:{ {list@v = a@x, b@x} }"
    env, _ = stored(local("list@v", trace="verify"), b"\r\n", virtual_alias_maps=(table,))
    assert [recipient.address for recipient in env.recipients] == ["a@x", "b@x"]
