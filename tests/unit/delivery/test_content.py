"""Content is read the same way from the frame and from a descriptor."""

import os
from pathlib import Path

import pytest

from postroom.delivery.content import PIECE, Content, ContentLost
from postroom.esmtp.local_form import local_form


def _file(path: Path, data: bytes) -> int:
    path.write_bytes(data)
    return os.open(path, os.O_RDONLY)


def test_a_descriptor_is_read_from_its_offset_to_the_announced_size(tmp_path: Path) -> None:
    body = os.urandom(PIECE * 2 + 17)
    content = Content(len(body), descriptor=_file(tmp_path / "m", b"envelope" + body), offset=8)
    assert b"".join(content.pieces()) == body
    assert b"".join(content.pieces()) == body, "a second host gets the same"
    content.close()


def test_a_file_that_is_too_short_is_an_error_not_a_shorter_message(tmp_path: Path) -> None:
    content = Content(100, descriptor=_file(tmp_path / "m", b"x" * 50))
    with pytest.raises(ContentLost):
        b"".join(content.pieces())
    content.close()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_local_form_does_not_depend_on_where_pieces_end(size: int) -> None:
    wire = b"..first\r\n.. \r\n...\r\nfoo\r\n..\r\n\r\nlone \r in\r\r\n..x\r\n"
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
    expected = b".first\n. \n..\nfoo\n.\n\nlone \r in\r\n.x\n"
    assert b"".join(local_form(pieces)) == expected
    assert b"".join(local_form(pieces, b"\r\n")) == expected.replace(b"\n", b"\r\n")
