"""Cipher grades and exclusions."""

import pytest

from postroom.tls.ciphers import BadCiphers, CipherLists, cipher_list

LISTS = CipherLists(high="HIGH:@STRENGTH", medium="HIGH:MEDIUM", null="eNULL")


def test_a_grade_stands_for_its_list_and_exclusions_follow_it() -> None:
    found = cipher_list("high", LISTS, ("aNULL, MD5", "SHA1+AES:DES"))
    assert found == "HIGH:@STRENGTH:!aNULL:!MD5:!SHA1+AES:!DES:@SECLEVEL=0"


@pytest.mark.parametrize("grade", ["low", "export", "Medium"])
def test_grades_that_are_broken_are_as_medium(grade: str) -> None:
    assert cipher_list(grade, LISTS) == "HIGH:MEDIUM:@SECLEVEL=0"


def test_an_unknown_grade_is_refused() -> None:
    with pytest.raises(BadCiphers):
        cipher_list("best", LISTS)


@pytest.mark.parametrize("excluded", ["!aNULL", "+RC4", "@SECLEVEL=5", "-DES"])
def test_an_exclusion_cannot_do_more_than_exclude(excluded: str) -> None:
    with pytest.raises(BadCiphers):
        cipher_list("high", LISTS, (excluded,))
