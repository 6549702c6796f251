"""The same calls of sendmail(1) do the same as with Debian's Postfix, in a machine beside."""

from machine import Machine
from system.mailer import Mailer
from system.postfix import start_postfix
from system.sendmail_calls import OTHER_MODES, SUBMISSIONS
from system.submissions import PARAMETERS, different, said, submissions


def test_calls_that_submit_a_message_store_the_same_and_say_the_same(
    postfix: Machine, mail: Mailer
) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS | {"enable_long_queue_ids": "yes"})
    outcomes = [submissions(machine, SUBMISSIONS, 7) for machine in (mail.machine, postfix)]
    differences = list(different(SUBMISSIONS, *outcomes))
    assert not differences, "\n".join(differences)


def test_other_modes_say_the_same(postfix: Machine, mail: Mailer) -> None:
    mail.set(**PARAMETERS)
    start_postfix(postfix, PARAMETERS)
    outcomes = [said(machine, OTHER_MODES) for machine in (mail.machine, postfix)]
    differences = list(different(OTHER_MODES, *outcomes))
    assert not differences, "\n".join(differences)
