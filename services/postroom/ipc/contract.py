"""A contract: the questions allowed on one socket, and the type of the answer to each."""

from typing import Any, Generic, TypeVar, get_args

import msgspec

Answer_co = TypeVar("Answer_co", covariant=True)


class Question(
    msgspec.Struct,
    Generic[Answer_co],
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
):
    """Base of all questions; the type argument is the answer: ``class Get(Question[Found])``."""


class BrokenContract(Exception):
    """The peer sent what the contract does not allow; the connection is closed."""


class Unavailable(Exception):
    """No answer: the peer cannot be reached, went away, failed or took too long. Try later."""


class TooLong(Unavailable):
    """The question does not fit a frame, and never will."""


class Contract:
    """Encoders and decoders for the questions of one socket.

    ``in_flight`` bounds how many questions of one connection are worked on at a time; the
    rest waits in the kernel, which is the back-pressure a caller feels. ``public``: any user of
    the machine may call, and so can take neither many connections nor much memory. ``finished``:
    what was asked is worked on to its end even when the caller is gone, who will ask again.
    """

    def __init__(
        self,
        name: str,
        *questions: type[Question[Any]],
        in_flight: int = 256,
        public: bool = False,
        finished: bool = False,
    ) -> None:
        self.name = name
        self.in_flight = in_flight
        self.public = public
        self.finished = finished
        self.questions = questions
        self._question_decoder = msgspec.msgpack.Decoder(_union(questions))
        self._answers = {question: _answer_type(question) for question in questions}
        self._answer_decoders = {
            question: msgspec.msgpack.Decoder(answer) for question, answer in self._answers.items()
        }

    def decode_question(self, payload: bytes | memoryview) -> Question[Any]:
        try:
            question: Question[Any] = self._question_decoder.decode(payload)
        except (msgspec.MsgspecError, ValueError) as error:
            raise BrokenContract(f"{self.name}: bad question: {error}") from None
        return question

    def decode_answer(self, question: type[Question[Any]], payload: bytes | memoryview) -> Any:
        try:
            return self._answer_decoders[question].decode(payload)
        except (msgspec.MsgspecError, ValueError) as error:
            raise BrokenContract(f"{self.name}: bad answer: {error}") from None


def _union(types: tuple[Any, ...]) -> Any:
    union = types[0]
    for one in types[1:]:
        union = union | one
    return union


def _answer_type(question: type[Question[Any]]) -> Any:
    (base,) = question.__orig_bases__  # type: ignore[attr-defined]
    (answer,) = get_args(base)
    return answer
