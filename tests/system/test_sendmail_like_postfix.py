"""The same calls of sendmail(1) do the same as with Debian's Postfix, in a machine beside."""

import pytest

from machine import Machine
from system.mailer import Mailer
from system.postfix import start_postfix
from system.sendmail_calls import (
    CALLS_OF_SUBMITTERS,
    LIMIT,
    LINE_ENDS,
    LOGIN_SENDERS,
    OTHER_MODES,
    SENDERS_OF_LOGINS,
    SIZES,
    SUBMISSIONS,
    SUBMITTERS,
    Call,
)
from system.submissions import PARAMETERS, compare, said, submissions


def test_calls_that_submit_a_message_store_the_same_and_say_the_same(
    postfix: Machine, mail: Mailer
) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS | {"enable_long_queue_ids": "yes"})
    outcomes = [submissions(machine, SUBMISSIONS, 7) for machine in (mail.machine, postfix)]
    compare(SUBMISSIONS, *outcomes)


def test_other_modes_say_the_same(postfix: Machine, mail: Mailer) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    outcomes = [said(machine, OTHER_MODES) for machine in (mail.machine, postfix)]
    compare(OTHER_MODES, *outcomes)


def alike(
    postfix: Machine,
    mail: Mailer,
    calls: tuple[Call, ...],
    without_message: int = 2,
    **parameters: str,
) -> None:
    """The calls say and store the same with these parameters."""
    mail.set(**PARAMETERS, **parameters)
    start_postfix(postfix, PARAMETERS | {"enable_long_queue_ids": "yes"} | parameters)
    outcomes = [submissions(machine, calls, without_message) for machine in (mail.machine, postfix)]
    compare(calls, *outcomes)


def test_users_may_send_in_the_same_names(postfix: Machine, mail: Mailer) -> None:
    parameters = {"local_login_sender_maps": LOGIN_SENDERS, "recipient_delimiter": "+"}
    alike(postfix, mail, SENDERS_OF_LOGINS, **parameters)


def test_the_same_users_may_send_nothing(postfix: Machine, mail: Mailer) -> None:
    alike(postfix, mail, CALLS_OF_SUBMITTERS, 1, authorized_submit_users=SUBMITTERS)


def test_what_is_too_large_is_refused_in_the_same_way(postfix: Machine, mail: Mailer) -> None:
    alike(postfix, mail, SIZES, 1, message_size_limit=LIMIT)


@pytest.mark.parametrize("fix", ["always", "strict", "never"])
def test_line_ends_become_the_same(postfix: Machine, mail: Mailer, fix: str) -> None:
    alike(postfix, mail, LINE_ENDS, sendmail_fix_line_endings=fix)
