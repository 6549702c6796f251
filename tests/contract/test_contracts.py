"""Every contract: what it says arrives unchanged, and nothing else arrives at all."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import postroom.contracts
from contract.samples import CONTRACTS, DIALOGUES
from postroom.ipc.contract import BrokenContract, Contract

QUESTIONS = [(c, question) for c in CONTRACTS for question, _ in DIALOGUES[c.name]]
ANSWERS = [
    (c, type(question), answer)
    for c in CONTRACTS
    for question, answers in DIALOGUES[c.name]
    for answer in answers
]
VALUES = [(c, None, question) for c, question in QUESTIONS] + ANSWERS


def decode(contract: Contract, question: Any, payload: bytes) -> Any:
    if question is None:
        return contract.decode_question(payload)
    return contract.decode_answer(question, payload)


def plain(value: Any) -> Any:
    """The value as the lists, texts and numbers that travel."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value))


def named(case: Any) -> str:
    return type(case).__name__ if isinstance(case, msgspec.Struct) else ""


def variants(value: Any, change: Any) -> Iterator[Any]:
    """``value`` with one place at a time put through ``change``, which may yield nothing."""
    yield from change(value)
    if isinstance(value, list):
        for at, item in enumerate(value):
            for new in variants(item, change):
                yield [*value[:at], new, *value[at + 1 :]]


def test_every_contract_and_question_has_a_sample() -> None:
    modules = [
        importlib.import_module(f"postroom.contracts.{info.name}")
        for info in pkgutil.iter_modules(postroom.contracts.__path__)
    ]
    with_contract = {m.CONTRACT.name for m in modules if hasattr(m, "CONTRACT")}
    assert with_contract - {"postdrop"} == set(DIALOGUES)
    for contract in CONTRACTS:
        sampled = {type(question) for question, _ in DIALOGUES[contract.name]}
        assert sampled == set(contract.questions)


def test_every_answer_a_question_may_get_has_a_sample() -> None:
    for contract, question in QUESTIONS:
        (answer,) = get_args(type(question).__orig_bases__[0])  # type: ignore[attr-defined]
        sampled = {type(a) for c, q, a in ANSWERS if c is contract and q is type(question)}
        assert sampled == set(get_args(answer) or (answer,))


@pytest.mark.parametrize(("contract", "question", "value"), VALUES, ids=named)
def test_a_value_arrives_as_it_was_sent(contract: Contract, question: Any, value: Any) -> None:
    assert decode(contract, question, msgspec.msgpack.encode(value)) == value


@pytest.mark.parametrize(("contract", "question", "value"), VALUES, ids=named)
def test_an_unknown_field_is_refused_everywhere(
    contract: Contract, question: Any, value: Any
) -> None:
    def lengthen(part: Any) -> Iterator[Any]:
        # A list of equal values may have one more; a struct may not.
        if isinstance(part, list) and not _is_series(part):
            yield [*part, "surplus"]

    for variant in variants(plain(value), lengthen):
        with pytest.raises(BrokenContract):
            decode(contract, question, msgspec.msgpack.encode(variant))


def _is_series(part: list[Any]) -> bool:
    return bool(part) and len({type(item) for item in part}) == 1 and not _is_tagged(part)


def _is_tagged(part: list[Any]) -> bool:
    return isinstance(part[0], str) and any(
        part[0] == plain(value)[0] for _, _, value in VALUES if isinstance(plain(value)[0], str)
    )


@pytest.mark.parametrize(("contract", "question", "value"), VALUES, ids=named)
@pytest.mark.parametrize("text", ["x" * 1_000_000, "a\0b", "a\r\nb", "\x1b[2J", "../../etc/passwd"])
def test_no_text_is_without_bounds(
    contract: Contract, question: Any, value: Any, text: str
) -> None:
    """Texts that are too long or would act on a terminal or a header never arrive."""

    def exchange(part: Any) -> Iterator[Any]:
        if isinstance(part, str):
            yield text

    for variant in variants(plain(value), exchange):
        try:
            arrived = decode(contract, question, msgspec.msgpack.encode(variant))
        except BrokenContract:
            continue
        assert _may_arrive(contract, text), arrived


def _may_arrive(contract: Contract, text: str) -> bool:
    """A path is a lawful address or line, and a table may hold anything short of a megabyte."""
    return text.startswith("..") or (contract.name == "proxymap" and len(text) < 200_000)


@pytest.mark.parametrize(("contract", "question", "value"), VALUES, ids=named)
def test_a_path_is_never_a_queue_id(contract: Contract, question: Any, value: Any) -> None:
    for fake in ("../../etc/passwd", "0605eb1d5a3c0", "ABC", "0605EB1D5A3C0\n", "A" * 16):

        def exchange(part: Any, fake: str = fake) -> Iterator[Any]:
            if part == "0605EB1D5A3C0":
                yield fake

        for variant in variants(plain(value), exchange):
            with pytest.raises(BrokenContract):
                decode(contract, question, msgspec.msgpack.encode(variant))


@pytest.mark.parametrize(("contract", "question", "value"), VALUES, ids=named)
def test_a_field_of_another_type_is_refused(contract: Contract, question: Any, value: Any) -> None:
    def exchange(part: Any) -> Iterator[Any]:
        yield {"a": 1}

    for variant in variants(plain(value), exchange):
        with pytest.raises(BrokenContract):
            decode(contract, question, msgspec.msgpack.encode(variant))


@pytest.mark.parametrize(("contract", "question", "value"), VALUES, ids=named)
def test_a_value_cut_short_is_refused(contract: Contract, question: Any, value: Any) -> None:
    payload = msgspec.msgpack.encode(value)
    for end in range(0, len(payload), max(1, len(payload) // 200)):
        with pytest.raises(BrokenContract):
            decode(contract, question, payload[:end])


def test_a_question_of_another_contract_is_refused() -> None:
    for contract in CONTRACTS:
        own = {type(question).__struct_config__.tag for question in _questions(contract)}
        for _, question in QUESTIONS:
            if type(question).__struct_config__.tag not in own:
                with pytest.raises(BrokenContract):
                    contract.decode_question(msgspec.msgpack.encode(question))


def _questions(contract: Contract) -> list[Any]:
    return [question for question, _ in DIALOGUES[contract.name]]


def test_an_answer_is_no_question_and_a_question_no_answer() -> None:
    for contract, question, answer in ANSWERS:
        if len({type(answer).__struct_config__.tag, question.__struct_config__.tag}) > 1:
            with pytest.raises(BrokenContract):
                contract.decode_question(msgspec.msgpack.encode(answer))


@given(st.binary(max_size=200), st.sampled_from(CONTRACTS))
def test_noise_is_refused(noise: bytes, contract: Contract) -> None:
    with pytest.raises(BrokenContract):
        contract.decode_question(noise)


def test_depth_is_no_way_in() -> None:
    for contract in CONTRACTS:
        with pytest.raises(BrokenContract):
            contract.decode_question(b"\x91" * 100_000)
