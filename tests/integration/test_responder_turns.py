"""Pauses, edits and hand-offs: what becomes of a turn in the real responder, without a model."""

from collections.abc import AsyncIterator

import pytest
import redis.asyncio as aioredis

from shared.clock import SYSTEM
from shared.events import (
    EntryDeadLettered,
    HandoffRequested,
    OptoutRecorded,
    ReplyDrafted,
    ReplySuppressed,
    SendRequested,
)
from shared.streams import keys
from tests.support.responder import INSTANCE, PATIENT, Chat, Endpoint, chatting, responding
from tests.support.waiting import until

SHORT = "551188887777"
"""The same number as PATIENT."""
PAUSED = {"RESPONDER_DEBOUNCE_MIN_MS": "600", "RESPONDER_DEBOUNCE_MAX_MS": "600"}


@pytest.fixture
async def chat(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url) as chat:
        yield chat


async def why_silent(chat: Chat) -> list[str]:
    return [fact.why for fact in await chat.facts(ReplySuppressed) if isinstance(fact, ReplySuppressed)]


@pytest.mark.parametrize(
    ("key", "why"), [(keys.bot(INSTANCE), "instance_paused"), (keys.held(INSTANCE, PATIENT), "paused")]
)
async def test_a_pause_of_the_instance_or_of_the_chat_is_silence_until_it_is_over(
    chat: Chat, redis_url: str, key: str, why: str
) -> None:
    await chat.client.hset(key, "paused_until", SYSTEM.now_ms() + 60_000)
    async with responding(redis_url):
        await chat.says("que horas abre?")
        await until(lambda: why_silent(chat))
        await chat.client.hset(key, "paused_until", SYSTEM.now_ms() - 1)
        await chat.says("que horas abre?")
        assert len(await chat.answered()) == 1
    assert await why_silent(chat) == [why]


async def staff_write(chat: Chat, patient: str = PATIENT) -> None:
    await chat.client.set(keys.staff_spoke(INSTANCE, patient), SYSTEM.now_ms())


async def test_an_opt_out_while_staff_write_counts_and_is_not_answered(chat: Chat, redis_url: str) -> None:
    await staff_write(chat)
    async with responding(redis_url):
        await chat.says("SAIR")
        await until(lambda: why_silent(chat))
        await chat.settled()
    assert await chat.client.get(keys.opted_out(INSTANCE, PATIENT)) == b"1"
    assert len(await chat.facts(OptoutRecorded)) == 1
    assert await chat.sends() == []


@pytest.mark.parametrize(("says", "word"), [("SAIR", b"1"), ("quero receber lembretes", b"0")])
async def test_a_word_on_proactive_messages_goes_before_what_was_said_under_another_spelling(
    chat: Chat, redis_url: str, says: str, word: bytes
) -> None:
    (elsewhere,) = keys.opted_out_by_spelling(INSTANCE, PATIENT)
    await chat.client.set(elsewhere, "1")
    async with responding(redis_url):
        await chat.says(says)
        await chat.answered()
    assert await chat.client.get(keys.opted_out(INSTANCE, SHORT)) == word
    assert not await chat.client.exists(elsewhere)


@pytest.mark.parametrize("as_before", [True, False])
async def test_staff_who_write_under_another_spelling_are_not_spoken_over(
    chat: Chat, redis_url: str, *, as_before: bool
) -> None:
    """Now by a key for all spellings; before, the chat's own hash had it."""
    if as_before:
        await chat.client.hset(keys.chat(INSTANCE, PATIENT), "staff_at", SYSTEM.now_ms())
    else:
        await staff_write(chat, SHORT)
    async with responding(redis_url):
        await chat.says("que horas abre?")
        await until(lambda: why_silent(chat))
    assert await why_silent(chat) == ["staff"]


async def test_an_emergency_while_the_bot_is_paused_is_told_to_staff(chat: Chat, redis_url: str) -> None:
    await chat.client.hset(keys.held(INSTANCE, PATIENT), "paused_until", SYSTEM.now_ms() + 60_000)
    async with responding(redis_url):
        await chat.says("meu pai desmaiou")
        await until(lambda: why_silent(chat))
        await chat.settled()
    (called,) = await chat.facts(HandoffRequested)
    assert isinstance(called, HandoffRequested)
    assert (called.why, called.urgent) == ("emergency", True)
    assert await chat.sends() == []


@pytest.mark.parametrize(("paused", "said"), [(True, 0), (False, 1)])
async def test_an_answer_that_cannot_be_made_is_a_dead_letter_and_a_persons_and_silence_where_staff_are(
    chat: Chat, redis_url: str, monkeypatch: pytest.MonkeyPatch, paused: bool, said: int
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("responder.turning.decide", broken)
    if paused:
        await chat.client.hset(keys.held(INSTANCE, PATIENT), "paused_until", SYSTEM.now_ms() + 60_000)
    async with responding(redis_url, WA_MAX_DELIVERIES="1"):
        await chat.says("que horas abre?")
        await until(lambda: chat.facts(EntryDeadLettered))
        await chat.settled()
    assert len(await chat.sends()) == said
    assert await why_silent(chat) == ["paused"] * paused
    assert len(await chat.facts(HandoffRequested)) == 1


async def test_staff_who_take_over_while_a_model_fails_are_not_spoken_over(chat: Chat, redis_url: str) -> None:
    async with Endpoint("A limpeza dental custa R$ 90,00.\nSOURCES: F1") as endpoint:
        endpoint.call = {"name": "call_a_person", "arguments": {"why": "bleeds", "urgent": True}}
        endpoint.release.clear()
        async with responding(redis_url, **endpoint.environ()):
            await chat.says("fiz uma restauração ontem e queria saber da gengiva")
            await until(lambda: bool(endpoint.asked))
            await staff_write(chat)
            endpoint.release.set()
            await until(lambda: why_silent(chat))
            await chat.settled()
    assert await chat.sends() == []
    (called,) = await chat.facts(HandoffRequested)
    assert isinstance(called, HandoffRequested)
    assert called.urgent


@pytest.mark.parametrize(
    "key",
    [keys.chat(INSTANCE, PATIENT), keys.contact(INSTANCE, SHORT), *keys.contact_by_spelling(INSTANCE, PATIENT)],
)
async def test_staffs_mark_makes_a_patient_a_vip(chat: Chat, redis_url: str, key: str) -> None:
    """Also when it was made under another spelling, or before it was one for all."""
    await chat.client.hset(key, "vip", "1")
    async with responding(redis_url):
        await chat.says("que horas abre?")
        await chat.answered()
    assert await chat.client.xlen(keys.outbound_vip(INSTANCE)) == 1
    assert [fact.vip for fact in await chat.facts(SendRequested) if isinstance(fact, SendRequested)] == [True]


async def test_an_edit_of_a_message_that_waits_is_what_is_answered(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url, **PAUSED):
        message = await chat.says("quanto custa a limpeza dental?")
        await chat.edits(message, "vocês têm estacionamento?")
        (said,) = await chat.answered()
    (draft,) = await chat.facts(ReplyDrafted)
    assert isinstance(draft, ReplyDrafted)
    assert "stacionamento" in said
    assert draft.answers == (message.id,)
    assert all(source.startswith("knowledge/parking") for source in draft.sources)


async def test_a_message_that_was_deleted_before_its_answer_gets_none_and_the_rest_does(
    chat: Chat, redis_url: str
) -> None:
    async with responding(redis_url, **PAUSED):
        gone = await chat.says("quanto custa a limpeza dental?")
        kept = await chat.says("que horas abre amanhã?")
        await chat.deletes(gone)
        await chat.answered()
    (draft,) = await chat.facts(ReplyDrafted)
    assert isinstance(draft, ReplyDrafted)
    assert draft.decision == "hours"
    assert set(draft.answers) == {gone.id, kept.id}


async def test_a_turn_of_which_nothing_is_left_is_silence_on_the_record(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url, **PAUSED):
        await chat.deletes(await chat.says("quanto custa a limpeza dental?"))
        await until(lambda: why_silent(chat))
        await chat.settled()
    assert await why_silent(chat) == ["revoked"]
    assert await chat.sends() == []


async def test_an_edit_of_what_was_answered_is_a_fact_and_no_more(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url):
        message = await chat.says("que horas abre amanhã?")
        await chat.answered()
        await chat.edits(message, "que horas fecha amanhã?")
        await chat.settled()
        await chat.says("vocês têm estacionamento?")
        assert len(await chat.answered(2)) == 2


HANDED_OVER = [
    ("pt", "person", ["quero falar com um atendente"]),
    ("es", "person", ["quiero hablar con una persona"]),
    ("en", "person", ["I want to talk to a human"]),
    ("pt", "complaint", ["que atendimento péssimo, vou reclamar"]),
    ("es", "complaint", ["esto es inaceptable, quiero poner una queja"]),
    ("en", "complaint", ["this is unacceptable, I want to complain"]),
    ("pt", "emergency", ["estou com dor forte no peito"]),
    ("es", "emergency", ["no puedo respirar"]),
    ("en", "emergency", ["I have chest pain"]),
    ("pt", "repeated_failure", ["vocês vendem pneus de caminhão?", "e pneus de trator?"]),
    ("es", "repeated_failure", ["¿venden neumáticos de camión?", "¿y neumáticos de tractor?"]),
    ("en", "repeated_failure", ["do you sell truck tyres?", "what about tractor tyres?"]),
    ("pt", "accepted", ["vocês vendem pneus de caminhão?", "sim"]),
]


@pytest.mark.parametrize(("language", "why", "texts"), HANDED_OVER)
async def test_a_person_is_called(chat: Chat, redis_url: str, language: str, why: str, texts: list[str]) -> None:
    async with responding(redis_url):
        for n, text in enumerate(texts, 1):
            await chat.says(text)
            await chat.answered(n)
    handoffs = [fact for fact in await chat.facts(HandoffRequested) if isinstance(fact, HandoffRequested)]
    drafts = [fact for fact in await chat.facts(ReplyDrafted) if isinstance(fact, ReplyDrafted)]
    assert [(fact.why, fact.urgent) for fact in handoffs] == [(why, why == "emergency")]
    assert drafts[-1].language == language


async def test_a_wish_for_an_appointment_reaches_staff_with_all_that_belongs_to_it(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url):
        for n, text in enumerate(["quero marcar", "quinta de manhã", "quanto custa o ECG?", "Carlos Souza"], 1):
            await chat.says(text)
            await chat.answered(n)
    handoffs = [fact.why for fact in await chat.facts(HandoffRequested) if isinstance(fact, HandoffRequested)]
    assert handoffs[-1] == "appointment: quero marcar; quinta de manhã; Carlos Souza"
    assert len(handoffs) == 3


async def test_a_file_that_nobody_can_read_gets_a_kind_word_and_a_person(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url):
        await chat.says(kind="audio")
        (said,) = await chat.answered()
    assert "arquivo" in said
    assert [fact.why for fact in await chat.facts(HandoffRequested) if isinstance(fact, HandoffRequested)] == ["media"]


async def test_a_file_beside_a_question_is_not_passed_over(chat: Chat, redis_url: str) -> None:
    async with responding(redis_url, **PAUSED):
        await chat.says("que horas abre amanhã?")
        await chat.says(kind="document")
        (said,) = await chat.answered()
    assert "8" in said
    assert "arquivo" in said
    assert [fact.why for fact in await chat.facts(HandoffRequested) if isinstance(fact, HandoffRequested)] == ["media"]
