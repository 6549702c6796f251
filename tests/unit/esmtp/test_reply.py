"""A reply on the wire and in the log."""

from postroom.esmtp.reply import Reply


def test_a_reply_is_code_status_and_text_on_one_line() -> None:
    reply = Reply(250, "2.1.0", "Ok")
    assert reply.wire == b"250 2.1.0 Ok\r\n"
    assert reply.line == "250 2.1.0 Ok"


def test_several_lines_all_have_the_code() -> None:
    assert Reply(250, "", "host\nSIZE\nDSN").wire == b"250-host\r\n250-SIZE\r\n250 DSN\r\n"
    assert Reply(550, "5.7.1", "a\nb").wire == b"550-5.7.1 a\r\n550 5.7.1 b\r\n"


def test_no_text_begins_a_line_of_its_own() -> None:
    assert Reply(550, "5.7.1", "a\r250 ok\0").wire == b"550 5.7.1 a?250 ok?\r\n"


def test_which_replies_close() -> None:
    assert [code for code in range(200, 600) if Reply(code, "", "").closes] == [221, 421, 521]
