"""Who passed is remembered for its time, and not without end."""

from postroom.reception.smtpd.screening.memory import MAX_REMEMBERED, Passed

TESTS = frozenset({"pregreet", "dnsbl"})


def test_each_test_counts_for_its_own_time() -> None:
    now = [0.0]
    passed = Passed(lambda: now[0])
    assert passed.lacks("192.0.2.1", TESTS) == TESTS
    passed.note("192.0.2.1", {"pregreet": 100.0, "dnsbl": 10.0})
    assert passed.lacks("192.0.2.1", TESTS) == frozenset()
    now[0] = 10.0
    assert passed.lacks("192.0.2.1", TESTS) == {"dnsbl"}
    assert passed.is_known("192.0.2.1")
    assert not passed.is_known("192.0.2.2")


def test_the_oldest_make_room() -> None:
    passed = Passed(lambda: 0.0)
    for number in range(MAX_REMEMBERED + 10):
        passed.note(str(number), {"pregreet": 1.0})
    assert not passed.is_known("9")
    assert passed.is_known("10")
