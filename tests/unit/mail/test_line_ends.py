"""Line ends: each kind that there is, and nothing else, is found."""

from hypothesis import given
from hypothesis import strategies as st

from postroom.mail.line_ends import has_only_crlf, line_ends

TEXTS = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"\x0b", b"\x85", b"\x00"])).map(
    b"".join
)


@given(TEXTS)
def test_every_kind_of_line_end_is_found_and_no_other(text: bytes) -> None:
    rest = text.replace(b"\r\n", b"")
    assert set(line_ends(text)) == {
        kind
        for kind, there in (("\r", b"\r" in rest), ("\n", b"\n" in rest), ("\r\n", rest != text))
        if there
    }


@given(TEXTS)
def test_only_crlf_means_no_cr_and_no_lf_without_the_other(text: bytes) -> None:
    rest = text.replace(b"\r\n", b"")
    assert has_only_crlf(text) == (b"\r" not in rest and b"\n" not in rest)
