"""What clients say for others (XCLIENT, XFORWARD): what is understood, and what is refused how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.esmtp.client_commands import xtext
from postroom.esmtp.command import Command, Xclient, Xforward
from postroom.esmtp.command_parser import parse_command
from postroom.esmtp.extensions import Extensions, switched_off
from postroom.esmtp.parameters import Refused

EVERYTHING = Extensions(xclient_allowed=True, xforward_allowed=True)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("XFORWARD NAME=a.example", Xforward(name="a.example")),
        ("xforward  name=a.example addr=192.0.2.1 ", Xforward("a.example", "192.0.2.1")),
        ("XFORWARD ADDR=IPv6:2001:db8::1 PORT=25", Xforward(address="2001:db8::1", port=25)),
        ("XFORWARD PROTO=UUCP+2Bx HELO=<me>", Xforward(protocol="UUCP+x", helo="?me?")),
        ("XFORWARD IDENT=ABC SOURCE=local", Xforward(ident="ABC", source="LOCAL")),
        ("XFORWARD NAME=[unavailable]", Xforward(name="unknown")),
        ("XFORWARD ADDR=[Unavailable]", Xforward(address="unknown")),
        ("XFORWARD PORT=[UNAVAILABLE]", Xforward(port=0)),
        ("XFORWARD PROTO=[UNAVAILABLE]", Xforward(protocol="unknown")),
        ("XFORWARD HELO=[UNAVAILABLE] IDENT=[UNAVAILABLE]", Xforward(helo="", ident="")),
        ("XFORWARD SOURCE=[UNAVAILABLE]", Xforward(source="")),
        ("XFORWARD HELO=a HELO=b", Xforward(helo="b")),
        ("XFORWARD HELO=5+ HELO=+zz", Xforward(helo="+zz")),
        ("XFORWARD HELO=b+C3+BCcher+20+0A", Xforward(helo="bücher??")),
        ("XCLIENT NAME=a.example ADDR=192.0.2.1", Xclient("a.example", address="192.0.2.1")),
        ("XCLIENT NAME=[UNAVAILABLE]", Xclient("unknown")),
        ("XCLIENT NAME=[tempunavail]", Xclient("unknown", name_unsure=True)),
        (
            "XCLIENT REVERSE_NAME=[TEMPUNAVAIL]",
            Xclient(reverse_name="unknown", reverse_name_unsure=True),
        ),
        (
            "XCLIENT PROTO=esmtp HELO=me LOGIN=joe",
            Xclient(protocol="ESMTP", helo="me", login="joe"),
        ),
        ("XCLIENT LOGIN=[UNAVAILABLE]", Xclient(login="")),
        (
            "XCLIENT DESTADDR=IPV6:::1 DESTPORT=587",
            Xclient(local_address="::1", local_port=587),
        ),
    ],
)
def test_attributes_are_understood(line: str, command: Command) -> None:
    assert parse_command(line.encode(), EVERYTHING) == command


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("XFORWARD", "501 5.5.4 Syntax: XFORWARD attribute=value..."),
        ("XCLIENT ", "501 5.5.4 Syntax: XCLIENT attribute=value..."),
        ("XFORWARD NAME", "501 5.5.4 Error: attribute=value expected"),
        ("XFORWARD NAME=", "501 5.5.4 Error: attribute=value expected"),
        (f"XFORWARD HELO={'x' * 256}", "501 5.5.4 Error: attribute value too long"),
        ("XFORWARD REVERSE_NAME=a.example", "501 5.5.4 Bad XFORWARD attribute name: REVERSE_NAME"),
        ("XFORWARD LOGIN=joe", "501 5.5.4 Bad XFORWARD attribute name: LOGIN"),
        ("XCLIENT source=LOCAL", "501 5.5.4 Bad XCLIENT attribute name: source"),
        ("XFORWARD name=a+20b", "501 5.5.4 Bad NAME syntax: a?b"),
        ("XCLIENT NAME=a+20b", "501 5.5.4 Bad NAME syntax: a b"),
        ("XCLIENT NAME=192.0.2.1", "501 5.5.4 Bad NAME syntax: 192.0.2.1"),
        ("XFORWARD NAME=bücher.example", "501 5.5.4 Bad NAME syntax: bücher.example"),
        ("XFORWARD ADDR=2001:db8::1", "501 5.5.4 Bad ADDR syntax: 2001:db8::1"),
        ("XFORWARD ADDR=[192.0.2.1]", "501 5.5.4 Bad ADDR syntax: [192.0.2.1]"),
        ("XFORWARD ADDR=IPV6:192.0.2.1", "501 5.5.4 Bad ADDR syntax: IPV6:192.0.2.1"),
        ("XFORWARD PORT=-1", "501 5.5.4 Bad PORT syntax: -1"),
        ("XFORWARD PORT=123456", "501 5.5.4 Bad PORT syntax: 123456"),
        (f"XFORWARD PROTO={'x' * 65}", f"501 5.5.4 Bad PROTO syntax: {'x' * 65}"),
        ("XFORWARD SOURCE=HERE", "501 5.5.4 Bad SOURCE syntax: HERE"),
        ("XFORWARD NAME=[TEMPUNAVAIL]", "501 5.5.4 Bad NAME syntax: [TEMPUNAVAIL]"),
        ("XCLIENT PROTO=LMTP", "501 5.5.4 Bad PROTO syntax: LMTP"),
        ("XCLIENT PROTO=[UNAVAILABLE]", "501 5.5.4 Bad PROTO syntax: [UNAVAILABLE]"),
        ("XCLIENT DESTPORT=smtp", "501 5.5.4 Bad DESTPORT syntax: smtp"),
    ],
)
def test_what_is_wrong_is_told(line: str, reply: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_command(line.encode(), EVERYTHING)
    assert refused.value.reply.line == reply


@pytest.mark.parametrize("verb", ["XCLIENT", "XFORWARD"])
def test_others_may_not_and_do_not_hear_of_it(verb: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_command(f"{verb} NAME=[UNAVAILABLE]".encode(), Extensions())
    assert refused.value.reply.line == "550 5.7.0 Error: insufficient authorization"
    assert not [keyword for keyword in Extensions().keywords if keyword.startswith("X")]


def test_the_keywords_name_the_attributes_and_can_be_kept_back() -> None:
    told = [keyword for keyword in EVERYTHING.keywords if keyword.startswith("X")]
    assert told == [
        "XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT",
        "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT",
    ]
    allowed = {"xclient_allowed": True, "xforward_allowed": True}
    silent = Extensions(**allowed, **switched_off(["XCLIENT", "xforward"]))
    assert not [keyword for keyword in silent.keywords if keyword.startswith("X")]


def test_several_commands_tell_of_one_message() -> None:
    first = Xforward(name="a.example", port=1, source="LOCAL")
    both = Xforward(address="192.0.2.1", port=0, source="").over(first)
    assert both == Xforward("a.example", "192.0.2.1", 0, source="")
    assert first.over(None) == first


_NAMES = st.sampled_from(
    (
        *("NAME", "reverse_name", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR"),
        *("DESTPORT", "IDENT", "SOURCE", "NOSUCH", ""),
    )
)
_VALUES = (
    st.text(max_size=300)
    | st.sampled_from(["[UNAVAILABLE]", "[TEMPUNAVAIL]", "IPV6:::1", "192.0.2.1", "LOCAL", "25"])
    | st.text(max_size=80).map(xtext)
)
_LINES = st.builds(
    lambda verb, pairs: " ".join((verb, *(f"{name}={value}" for name, value in pairs))),
    st.sampled_from(["XCLIENT", "xforward"]),
    st.lists(st.tuples(_NAMES, _VALUES), max_size=5),
)


def understood(line: str) -> Command | Refused:
    try:
        return parse_command(line.encode(errors="replace"), EVERYTHING)
    except Refused as refused:
        return refused


@given(_LINES)
def test_no_text_gets_past_the_grammar_that_would_mislead(line: str) -> None:
    """Whatever a client says is a command with harmless texts, or refused for good."""
    command = understood(line)
    if isinstance(command, Refused):
        assert command.reply.code in (500, 501)
        return
    assert isinstance(command, Xclient | Xforward)
    texts = [value for value in _values(command) if isinstance(value, str)]
    assert all(character >= " " and character != "\x7f" for text in texts for character in text)
    shown = [command.name, command.address, command.helo, command.protocol]
    assert not set("".join(filter(None, shown))) & set(' <>()\\";@')


def _values(command: Command) -> list[object]:
    return [getattr(command, name) for name in command.__struct_fields__]


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80))
def test_a_login_is_taken_as_it_was_encoded(login: str) -> None:
    line = f"XCLIENT LOGIN={xtext(login)}"
    if login.upper() != "[UNAVAILABLE]":
        assert parse_command(line.encode(), EVERYTHING) == Xclient(login=login)
