"""A command gets the message in the form that its line in master.cf asks for."""

import pytest

from postroom.delivery.command.input import command_input
from postroom.delivery.content import Content
from postroom.delivery.impersonation.tasks import Form, Message, RunCommand

CONTENT = b"Subject: x\r\n\r\n..dot\r\nFrom me\r\nlast\r\n"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form(), b"A: b\nSubject: x\n\n.dot\nFrom me\nlast\n"),
        (Form(b"\r\n"), b"A: b\r\nSubject: x\r\n\r\n.dot\r\nFrom me\r\nlast\r\n"),
        (Form(dots_doubled=True), b"A: b\nSubject: x\n\n..dot\nFrom me\nlast\n"),
        (Form(from_quoted=True), b"A: b\nSubject: x\n\n.dot\n>From me\nlast\n"),
        (Form(blank_behind=True), b"A: b\nSubject: x\n\n.dot\nFrom me\nlast\n\n"),
        (Form(b"!", True, True, True), b"A: b!Subject: x!!..dot!>From me!last!!"),
    ],
)
def test_a_form_is_what_pipe_8_says(form: Form, expected: bytes) -> None:
    message = Message(b"A: b\n", len(CONTENT))
    task = RunCommand("x", ("x",), {}, "/", 1.0, message, "ok", form=form)
    assert b"".join(command_input(task, Content(0, data=CONTENT))) == expected
