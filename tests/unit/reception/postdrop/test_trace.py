"""What sendmail -bv and -v ask for is kept with the message, and nothing else is believed."""

import os

import pytest

from postroom.contracts.postdrop import Request, decode_request
from postroom.reception.submission import Refusal, make_drop


@pytest.mark.parametrize("trace", ["", "verify", "verbose"])
def test_a_wish_for_a_report_reaches_the_maildrop(trace: str) -> None:
    encoded = Request(recipients=("bob",), trace=trace).encode()
    request = decode_request(encoded[encoded.index(b":") + 1 : -1])
    assert make_drop(request, os.getuid(), b"", 0.0).trace == trace


@pytest.mark.parametrize("trace", ["maybe", "probe"])
def test_another_wish_is_refused(trace: str) -> None:
    """Probes are verify's: nobody else is to have it told what became of a message."""
    with pytest.raises(Refusal, match=r"^5\.1\.0 Bad envelope"):
        make_drop(Request(recipients=("bob",), trace=trace), os.getuid(), b"", 0.0)
