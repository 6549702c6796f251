"""postroom.mail.encoded_word: Python's own parser reads what we write."""

from email.header import decode_header, make_header

from hypothesis import given
from hypothesis import strategies as st

from postroom.mail.encoded_word import encoded_words


def test_a_name_is_encoded_as_postfix_does() -> None:
    assert encoded_words("Ä Ö") == "=?utf-8?Q?=C3=84_=C3=96?="
    assert encoded_words('J. "Ö" B', "iso-8859-1") == "=?iso-8859-1?Q?J=2E_=22=D6=22_B?="
    assert encoded_words("Ö", "klingon") == "=?utf-8?Q?=C3=96?="


@given(st.text(min_size=1, max_size=200))
def test_every_text_comes_back_and_no_word_is_too_long(text: str) -> None:
    words = encoded_words(text).split("\r\n ")
    assert max(map(len, words)) <= 75
    for word in words:
        word.encode("ascii")
        str(make_header(decode_header(word)))  # no character is cut in two
    assert str(make_header(decode_header("\r\n ".join(words)))) == text.encode(
        "utf-8", "replace"
    ).decode("utf-8")
