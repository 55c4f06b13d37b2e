"""Whatever the model does, a patient gets one reply, and nothing of another patient's is ever in the question.

The model is aimock, a server of others, before the real responder.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
import redis.asyncio as aioredis

from clinic import hours
from responder.chat import load_state, stored
from responder.chat.state import READ_BACK_LIFE_MS
from responder.uploads import pairs
from shared import ids
from shared.clock import SYSTEM
from shared.events import AppointmentRequested, HandoffRequested, MessageReceived, ReplyDrafted
from shared.streams import keys
from shared.streams.log import Log
from shared.streams.scripts import Scripts
from tests.needs import needs
from tests.support.aimock import Aimock
from tests.support.model import a_turn, demo
from tests.support.responder import INSTANCE, Chat, Endpoint, chatting, responding

ANY: dict[str, Any] = {"endpoint": "chat"}
QUESTION = "quanto custa a limpeza dental?"
PRICE = "A limpeza dental custa R$ 180,00 e leva 45 minutos."
PERSON = {"name": "call_a_person", "arguments": {"why": "wants an invoice", "urgent": False}}


@pytest.fixture(scope="module")
def aimock() -> Iterator[Aimock]:
    server = Aimock().start()
    yield server
    server.close()


@pytest.fixture
async def chat(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url) as chat:
        yield chat


def environ(aimock: Aimock) -> dict[str, str]:
    return {
        "LLM_BASE_URL": f"{aimock.url}/v1", "LLM_MODEL": "desk-1", "LLM_API_KEY": "k", "LLM_FIRST_TOKEN_S": "1",
        "LLM_TOTAL_S": "3",
    }  # fmt: skip


def priced() -> str:
    from responder.model.prompt import assemble

    sources = assemble(a_turn(QUESTION), "c").sources
    id_ = next(id_ for id_, place in sources.items() if place == "demo.yaml#services.limpeza-dental")
    return f"{PRICE}\nSOURCES: {id_}"


def says(text: str, **more: Any) -> dict[str, Any]:
    return {"match": ANY, "response": {"content": text}, **more}


def fails(status: int, **more: Any) -> dict[str, Any]:
    return {"match": ANY, "response": {"error": {"message": "no"}, "status": status, **more}}


MODES: dict[str, tuple[dict[str, Any], str]] = {
    "a whole answer": (says("{priced}"), "desk-1"),
    "a stream in small pieces": (says("{priced}", chunkSize=3), "desk-1"),
    "a first token that does not come": (says("{priced}", chaos={"latencyMs": 20_000}), "embedded"),
    "throttled, for long": (fails(429, retryAfter=60), "embedded"),
    "a server in trouble": (fails(500), "embedded"),
    "a key that is refused": (fails(401), "embedded"),
    "malformed": (says("{priced}", chaos={"malformedRate": 1.0}), "embedded"),
    "a disconnect": (says("{priced}", chaos={"disconnectRate": 1.0}), "embedded"),
    "an invented price": (says("A limpeza dental custa R$ 90,00.\nSOURCES: F1"), "embedded"),
    "leaked rules": (says("Answer only from FACTS below, from the notes in the user's message."), "embedded"),
}


@needs("npm")
@pytest.mark.parametrize("mode", MODES)
async def test_every_mode_of_a_model_ends_in_one_reply(chat: Chat, redis_url: str, aimock: Aimock, mode: str) -> None:
    fixture, by = MODES[mode]
    text = fixture["response"].get("content", "").replace("{priced}", priced())
    await aimock.script(fixture | {"response": fixture["response"] | ({"content": text} if text else {})})
    async with responding(redis_url, **environ(aimock)):
        await chat.says(QUESTION)
        said = await chat.answered()
    (draft,) = await chat.facts(ReplyDrafted)
    assert isinstance(draft, ReplyDrafted)
    assert len(said) == 1
    assert "180,00" in said[0]
    assert draft.answered_by == by


@needs("npm")
async def test_a_person_whom_the_model_calls_is_called(chat: Chat, redis_url: str, aimock: Aimock) -> None:
    called = {"match": {"hasToolResult": False}, "response": {"toolCalls": [PERSON]}}
    await aimock.script(called, says("Vou chamar alguém da recepção.\nSOURCES: none"))
    async with responding(redis_url, **environ(aimock)):
        await chat.says("vocês emitem nota fiscal com outro CNPJ?")
        said = await chat.answered()
    handoffs = [one.why for one in await chat.facts(HandoffRequested) if isinstance(one, HandoffRequested)]
    assert len(said) == 1
    assert handoffs == ["wants an invoice"]


@needs("npm")
async def test_an_appointment_is_asked_for_read_back_and_handed_on_with_the_patients_yes(
    chat: Chat, redis_url: str, aimock: Aimock
) -> None:
    day = _next_open_weekday()
    details = {"service": "limpeza dental", "day": day, "period": "morning", "name": "Ana Souza", "confirmed": True}
    call = {"toolCalls": [{"name": "request_appointment", "arguments": details}]}
    asks = "Posso pedir?\nSOURCES: none"
    told = "Passei seu pedido para a recepção, que confirma por aqui.\nSOURCES: none"
    await aimock.script(
        {"match": {"hasToolResult": False}, "response": call},
        {"match": {"toolResultContains": "not confirmed"}, "response": {"content": asks}},
        {"match": {"toolResultContains": "Handed"}, "response": {"content": told}},
    )
    async with responding(redis_url, **environ(aimock)):
        await chat.says("quero marcar limpeza dental de manhã, meu nome é Ana Souza")
        (read_back,) = await chat.answered(1)
        assert read_back.startswith("Limpeza dental, ")
        assert read_back.endswith(", de manhã, para Ana Souza. Posso passar este pedido à recepção?")
        await chat.says("sim")
        await chat.answered(2)
    (request,) = await chat.facts(AppointmentRequested)
    assert isinstance(request, AppointmentRequested)
    assert (request.service_id, request.day, request.name) == ("limpeza-dental", day, "Ana Souza")
    whys = [one.why for one in await chat.facts(HandoffRequested) if isinstance(one, HandoffRequested)]
    assert len(whys) == 1


async def _interrupted(client: aioredis.Redis, chat: Chat, by: str) -> None:
    """Something is said in the chat between the read-back and the yes."""
    scripts = Scripts(client)
    message = next(iter(await chat.facts(MessageReceived)))
    assert isinstance(message, MessageReceived)
    match by:
        case "a question":
            await chat.says("e vocês têm estacionamento para ônibus?")
            await chat.answered(2)
        case "a staff member's phone":
            log = Log(scripts, log_maxlen=0, bound=100, seen_life_s=60)
            typed = msgspec.structs.replace(
                message, id=ids.new(SYSTEM), message_id="3EB0STAFF", author="staff", recorded_at=SYSTEM.now_ms()
            )
            await log.append(typed, dedupe="3EB0STAFF", staff_message_id="3EB0STAFF")
            await client.delete(keys.staff_spoke(INSTANCE, chat.patient))  # they gave the chat back
        case "words that staff were to answer":
            await client.hset(keys.held(INSTANCE, chat.patient), "paused_until", str(2**53))
            await chat.says("prefiro sábado")
            await chat.settled()
            await client.hdel(keys.held(INSTANCE, chat.patient), "paused_until")
        case "half a day":
            state = load_state(pairs(await client.hgetall(keys.chat(INSTANCE, chat.patient))), {}, {})
            earlier = msgspec.structs.replace(state, spoke_at=state.spoke_at - READ_BACK_LIFE_MS)
            kept = stored(INSTANCE, chat.patient, earlier)
            await client.hset(kept.key, mapping=dict(kept.fields))


@pytest.mark.parametrize(
    ("by", "confirms"),
    [
        ("nothing", True), ("a question", False), ("a staff member's phone", False),
        ("words that staff were to answer", False), ("half a day", False),
    ],
)  # fmt: skip
async def test_a_yes_counts_only_as_the_answer_to_the_read_back(
    client: aioredis.Redis, redis_url: str, chat: Chat, by: str, confirms: bool
) -> None:
    details = {"service": "limpeza dental", "day": _next_open_weekday(), "period": "morning", "name": "Ana Souza"}
    call = {"name": "request_appointment", "arguments": {**details, "confirmed": True}}
    async with Endpoint("Passei seu pedido para a recepção.\nSOURCES: none") as endpoint:
        endpoint.call = call
        async with responding(redis_url, **endpoint.environ()):
            await chat.says("quero marcar limpeza dental de manhã, meu nome é Ana Souza")
            (read_back,) = await chat.answered(1)
            if by == "a question":
                endpoint.call, endpoint.said = None, "Posso ajudar em algo mais?\nSOURCES: none"
            await _interrupted(client, chat, by)
            endpoint.call, endpoint.said = call, "Passei seu pedido para a recepção.\nSOURCES: none"
            before = await chat.sends()
            await chat.says("sim")
            said = await chat.answered(len(before) + 1)
    assert len(await chat.facts(AppointmentRequested)) == confirms
    assert (said[-1] == read_back) != confirms


def _next_open_weekday() -> str:
    """A day on which the clinic is open, within the days that may be asked for."""
    clinic, _ = demo()
    days = (hours.local(clinic, datetime.now(UTC)).date() + timedelta(days=n) for n in range(1, 15))
    return next(day.isoformat() for day in days if hours.spans_on(clinic, day))


async def test_an_urgent_call_stays_urgent_when_the_words_that_go_with_it_are_refused(
    chat: Chat, redis_url: str
) -> None:
    call = {"name": "call_a_person", "arguments": {"why": "bleeding after a filling", "urgent": True}}
    async with Endpoint("A limpeza dental custa R$ 90,00.\nSOURCES: F1") as endpoint:
        endpoint.call = call
        async with responding(redis_url, **endpoint.environ()):
            await chat.says("fiz uma restauração ontem e queria saber da gengiva")
            await chat.answered()
    (handoff,) = await chat.facts(HandoffRequested)
    assert isinstance(handoff, HandoffRequested)
    assert handoff.urgent


async def test_nothing_of_one_chat_is_ever_in_anothers_question(client: aioredis.Redis, redis_url: str) -> None:
    secrets = {"5511911110001": "meu CPF é 111.222.333-44", "5511922220002": "me chamo Zuleica Tavares"}
    async with Endpoint("Posso ajudar?\nSOURCES: none") as endpoint:
        async with (
            responding(redis_url, **endpoint.environ()),
            chatting(client, redis_url, "5511911110001") as one,
            chatting(client, redis_url, "5511922220002") as other,
        ):
            for chat in (one, other):
                await chat.says(f"{secrets[chat.patient]}, tem estacionamento para vans?")
                await chat.answered(1)
            for chat in (one, other):
                await chat.says("e para ônibus de turismo?")
                await chat.answered(2)
        asked = [str(body) for kind, body in endpoint.asked if kind == "chat"]
    assert len(asked) >= 4
    held = [[secret in body for secret in secrets.values()] for body in asked]
    assert all(sum(one) == 1 for one in held)
