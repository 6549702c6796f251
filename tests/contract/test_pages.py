"""Long lists in pages: as much as has room in an answer, and nothing is passed over."""

import pytest

from postroom.contracts.pages import MAX_CHARACTERS, fitting, following, page

ALL = MAX_CHARACTERS
HALF = MAX_CHARACTERS // 2


@pytest.mark.parametrize(
    ("sizes", "entries", "places"),
    [
        ([], 0, 0),
        ([1, 1], 2, 2),
        ([HALF, HALF, 1], 2, 2),
        ([None, HALF, None, HALF, None, 1], 2, 5),
        ([None, None], 0, 2),
    ],
)
def test_a_page_takes_what_has_room(sizes: list[int | None], entries: int, places: int) -> None:
    found, looked_at = page(sizes, int)
    assert (len(found), looked_at) == (entries, places)


def test_what_has_no_room_anywhere_is_a_page_of_its_own() -> None:
    """What follows may not have been looked for, as it has no room."""
    assert page([ALL + 1, None, 1], int) == ((ALL + 1,), 1)
    assert page([None, ALL + 1, 1], int) == ((ALL + 1,), 2)


def test_the_next_page_begins_where_one_ended_unless_that_was_the_last() -> None:
    assert [following(start, 2, "abcd") for start in (0, 1, 2, 9)] == [2, 3, 0, 0]


def test_an_entry_lists_what_has_room() -> None:
    assert fitting([HALF, HALF, 1], int) == (HALF, HALF)
    assert fitting([1], int) == (1,)
