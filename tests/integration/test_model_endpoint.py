"""Whatever the endpoint does, a turn ends in a reply that may be sent or in a failure with a name, within its deadline.

The endpoint is aimock, a server of others. The deadlines here are short, and are the model's own: each test runs within
`bounded`, which fails when a turn outlives its deadline; nothing else is measured.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import redis.asyncio as aioredis

from responder.model import Answered, AppointmentRequested, Failed, PersonCalled, Turn
from responder.model.budget import account
from responder.model.model import Model
from tests.needs import needs
from tests.support.aimock import Aimock
from tests.support.model import MODEL, a_model, a_turn

pytestmark = needs("npm")
ANY: dict[str, Any] = {"endpoint": "chat"}
PRICE = "A limpeza dental custa R$ 180,00 e leva 45 minutos."
ASKED = "quanto custa a limpeza dental?"
MARGIN_S = 3.0  # for a busy machine


@pytest.fixture(scope="module")
def aimock() -> Iterator[Aimock]:
    server = Aimock().start()
    yield server
    server.close()


@contextlib.asynccontextmanager
async def opened(aimock: Aimock, redis: Any = None, **settings: Any) -> AsyncIterator[Model]:
    model = a_model(aimock.url, redis, **settings)
    yield model
    await model.aclose()


async def bounded(model: Model, turn: Turn) -> Answered | Failed:
    async with asyncio.timeout(model.settings.llm_total_s + MARGIN_S):
        return await model.answer(turn)


def price_source(turn: Turn) -> str:
    """The reply that a good model gives, with the id that the fact has in this prompt."""
    from responder.model.prompt import assemble

    sources = assemble(turn, "c").sources
    id_ = next(id_ for id_, place in sources.items() if place == "demo.yaml#services.limpeza-dental")
    return f"{PRICE}\nSOURCES: {id_}"


def says(text: str, **more: Any) -> dict[str, Any]:
    return {"match": more.pop("match", ANY), "response": {"content": text, **more.pop("response", {})}, **more}


def fails(status: int, match: dict[str, Any] | None = None, **error: Any) -> dict[str, Any]:
    after = {"retryAfter": error.pop("after")} if "after" in error else {}
    return {"match": match or ANY, "response": {"error": {"message": "no", **error}, "status": status, **after}}


async def test_a_streamed_reply_is_checked_and_comes_with_its_source_and_usage(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    usage = {"usage": {"prompt_tokens": 2100, "completion_tokens": 40}}
    await aimock.script(says(price_source(turn), response=usage, chunkSize=5))
    async with opened(aimock, llm_cost_in_per_m=1.0, llm_cost_out_per_m=10.0) as model:
        found = await bounded(model, turn)
    assert isinstance(found, Answered), found
    assert (found.text, found.language, found.sources) == (PRICE, "pt", ("demo.yaml#services.limpeza-dental",))
    assert (found.usage.prompt, found.usage.completion, found.usage.estimated) == (2100, 40, False)
    assert (found.usage.model, found.usage.cost_usd, found.handoff) == (MODEL, 0.0025, False)
    [request] = await aimock.requests()
    assert request["stream"]
    assert [message["role"] for message in request["messages"]] == ["system", "user"]


async def test_a_slow_stream_counts_from_its_first_token(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    await aimock.script(says(price_source(turn), chunkSize=10, streamingProfile={"ttft": 100, "tps": 8}))
    async with opened(aimock, llm_first_token_s=0.8) as model:
        found = await bounded(model, turn)
    assert isinstance(found, Answered), found


async def test_a_tool_answers_the_model_and_its_source_may_be_cited(aimock: Aimock) -> None:
    call = {"toolCalls": [{"name": "look_up_service", "arguments": {"name": "limpeza dental"}, "id": "one"}]}
    await aimock.script(
        {"match": {"hasToolResult": False}, "response": call},
        {"match": {"toolResultContains": "R$ 180,00"}, "response": {"content": f"{PRICE}\nSOURCES: T1"}},
    )
    async with opened(aimock) as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(found, Answered), found
    assert found.sources == ("demo.yaml#services.limpeza-dental",)
    assert (found.usage.calls, found.tool_calls) == (2, ())


async def test_an_appointment_is_handed_over_only_after_the_patients_yes(aimock: Aimock) -> None:
    details = {"service": "limpeza dental", "day": "2026-11-27", "period": "morning", "name": "Ana Souza"}
    call = {"toolCalls": [{"name": "request_appointment", "arguments": {**details, "confirmed": True}}]}
    asks = "Posso pedir isso?\nSOURCES: none"
    told = "Passei seu pedido para a recepção, que confirma por aqui: limpeza dental, sexta, 27/11.\nSOURCES: none"
    await aimock.script(
        {"match": {"hasToolResult": False}, "response": call},
        {"match": {"toolResultContains": "not confirmed"}, "response": {"content": asks}},
        {"match": {"toolResultContains": "Handed"}, "response": {"content": told}},
    )
    async with opened(aimock) as model:
        first = await bounded(model, a_turn("quero limpeza dental sexta de manhã, Ana Souza"))
        assert isinstance(first, Answered), first
        asked = (("patient", "quero limpeza"), ("clinic", first.text))
        second = await bounded(model, a_turn("sim, pode", conversation=asked, read_back=first.read_back))
    assert first.tool_calls == ()
    assert isinstance(second, Answered), second
    [request] = second.tool_calls
    assert isinstance(request, AppointmentRequested)
    assert (request.service_id, str(request.day), request.name) == ("limpeza-dental", "2026-11-27", "Ana Souza")


async def test_the_model_can_call_a_person(aimock: Aimock) -> None:
    call = {"toolCalls": [{"name": "call_a_person", "arguments": {"why": "complaint", "urgent": True}}]}
    await aimock.script(
        {"match": {"hasToolResult": False}, "response": call},
        {
            "match": {"hasToolResult": True},
            "response": {"content": "Sinto muito. Já chamei a recepção.\nSOURCES: none"},
        },
    )
    async with opened(aimock) as model:
        found = await bounded(model, a_turn("ninguém me responde, que absurdo"))
    assert isinstance(found, Answered), found
    assert (found.handoff, found.urgent, found.why) == (True, True, "complaint")
    assert found.tool_calls == (PersonCalled(why="complaint", urgent=True),)


async def test_a_model_that_only_calls_tools_is_stopped(aimock: Aimock) -> None:
    await aimock.script(
        {"match": ANY, "response": {"toolCalls": [{"name": "free_facts", "arguments": {"question": "a"}}]}}
    )
    async with opened(aimock) as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(found, Failed)
    assert (found.reason, found.usage.calls) == ("too_many_rounds", 4)


async def test_a_throttled_endpoint_is_asked_again_when_it_says(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    await aimock.script(fails(429, {"sequenceIndex": 0}, after=1), says(price_source(turn)))
    async with opened(aimock) as model:
        found = await bounded(model, turn)
    assert isinstance(found, Answered), found
    assert len(await aimock.requests()) == 2


async def test_a_wait_that_is_too_long_is_not_waited_for(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    other = {"model": "desk-2"}
    await aimock.script(says(price_source(turn), match=other), fails(429, after=60))
    async with opened(aimock) as model:
        alone = await bounded(model, turn)
    async with opened(aimock, llm_fallback_model="desk-2") as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(alone, Failed)
    assert (alone.reason, alone.usage.tokens) == ("rate_limited", 0)
    assert isinstance(found, Answered), found
    assert found.usage.model == "desk-2"
    assert [request["model"] for request in await aimock.requests()] == [MODEL, MODEL, "desk-2"]


@pytest.mark.parametrize(("status", "tries"), [(500, 3), (503, 3), (401, 1), (404, 1)])
async def test_what_may_pass_is_tried_again_and_what_stays_is_not(aimock: Aimock, status: int, tries: int) -> None:
    await aimock.script(fails(status))
    async with opened(aimock) as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(found, Failed)
    assert found.reason == ("unavailable" if status >= 500 else "refused")
    assert len(await aimock.requests()) == tries


async def test_a_passing_fault_is_survived(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    await aimock.script(fails(503, {"sequenceIndex": 0}), says(price_source(turn)))
    async with opened(aimock) as model:
        assert isinstance(await bounded(model, turn), Answered)


@pytest.mark.parametrize(
    ("chaos", "reason"),
    [({"malformedRate": 1}, "malformed"), ({"disconnectRate": 1}, "disconnected"), ({"dropRate": 1}, "unavailable"),
     ({"rateLimitRate": 1}, "rate_limited")],
)  # fmt: skip
async def test_chaos_ends_in_a_failure_with_a_name(aimock: Aimock, chaos: dict[str, float], reason: str) -> None:
    await aimock.script(says("x", chaos=chaos))
    async with opened(aimock) as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(found, Failed)
    assert found.reason == reason


@pytest.mark.parametrize("breaks", [{"truncateAfterChunks": 3}, {"disconnectAfterMs": 120, "latency": 50}])
async def test_a_stream_that_breaks_is_no_answer_and_is_paid_for(aimock: Aimock, breaks: dict[str, int]) -> None:
    turn = a_turn(ASKED)
    await aimock.script(says(price_source(turn), chunkSize=8, **breaks))
    async with opened(aimock) as model:
        found = await bounded(model, turn)
    assert isinstance(found, Failed)
    assert found.reason == "disconnected"
    assert found.usage.estimated
    assert found.usage.prompt > 1000


async def test_a_model_that_does_not_begin_is_left_for_its_fallback(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    slow = says("late", match={"model": MODEL}, chaos={"latencyMs": 20_000})
    await aimock.script(slow, says(price_source(turn), match={"model": "desk-2"}))
    async with opened(aimock, llm_first_token_s=0.3) as model:
        alone = await bounded(model, turn)
    async with opened(aimock, llm_first_token_s=0.3, llm_fallback_model="desk-2") as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(alone, Failed)
    assert alone.reason == "first_token"
    assert isinstance(found, Answered), found


async def test_a_stream_that_does_not_end_is_cut_at_the_deadline(aimock: Aimock) -> None:
    await aimock.script(says("palavra " * 400, chunkSize=8, latency=200))
    async with opened(aimock, llm_total_s=1.5) as model:
        found = await bounded(model, a_turn(ASKED))
    assert isinstance(found, Failed)
    assert found.reason == "deadline"
    assert found.usage.completion > 0


async def test_the_turns_own_deadline_counts_too(aimock: Aimock) -> None:
    await aimock.script(says("late", chaos={"latencyMs": 20_000}))
    async with opened(aimock, llm_first_token_s=30.0, llm_total_s=30.0) as model:
        async with asyncio.timeout(MARGIN_S + 1):
            found = await model.answer(a_turn(ASKED, seconds=0.7))
    assert isinstance(found, Failed)
    assert found.reason == "deadline"


async def test_a_deadline_that_has_passed_asks_nobody(aimock: Aimock) -> None:
    await aimock.script(says("x"))
    async with opened(aimock) as model:
        assert isinstance(await bounded(model, a_turn(ASKED, seconds=-1.0)), Failed)


async def test_an_endpoint_that_is_not_there(aimock: Aimock) -> None:
    async with asyncio.timeout(10):
        model = a_model("http://127.0.0.1:9", llm_fallback_model="desk-2")
        found = await model.answer(a_turn(ASKED))
        await model.aclose()
    assert isinstance(found, Failed)
    assert (found.reason, found.usage.tokens) == ("unavailable", 0)


async def test_a_dead_model_is_not_asked_for_every_patient(aimock: Aimock) -> None:
    await aimock.script(fails(500))
    async with opened(aimock) as model:
        for _ in range(4):
            await bounded(model, a_turn(ASKED))
    assert len(await aimock.requests()) < 4 * 3


async def test_an_argument_that_the_endpoint_refuses_is_left_out_from_then_on(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    said = {"message": "Unsupported parameter: 'temperature' is not supported with this model."}
    await aimock.script(fails(400, {"sequenceIndex": 0}, **said), says(price_source(turn)))
    async with opened(aimock) as model:
        assert isinstance(await bounded(model, turn), Answered)
        assert isinstance(await bounded(model, a_turn(ASKED)), Answered)
    assert ["temperature" in request for request in await aimock.requests()] == [True, False, False]


async def test_a_budget_is_taken_beforehand_and_settled(aimock: Aimock, client: aioredis.Redis) -> None:
    turn = a_turn(ASKED)
    usage = {"usage": {"prompt_tokens": 5000, "completion_tokens": 100}}
    await aimock.script(says(price_source(turn), response=usage))
    async with opened(aimock, client, llm_daily_tokens=14_000, llm_cost_in_per_m=2.0) as model:
        first, second = await bounded(model, turn), await bounded(model, a_turn(ASKED))
        third = await bounded(model, a_turn(ASKED))
    assert isinstance(first, Answered)
    assert isinstance(second, Answered)
    assert isinstance(third, Failed)
    assert third.reason == "budget"
    key = account(turn.clinic, turn.instance, turn.now)
    assert key == "wa:{demo}:usage:20261124"
    assert await client.hgetall(key) == {b"tokens": b"10200", b"micro_usd": b"20000"}
    assert await client.ttl(key) > 86_400


async def test_a_turn_that_is_dropped_in_the_middle_stays_paid_for(aimock: Aimock, client: aioredis.Redis) -> None:
    await aimock.script(says("late", chaos={"latencyMs": 20_000}))
    turn = a_turn(ASKED)
    key = account(turn.clinic, turn.instance, turn.now)
    async with opened(aimock, client, llm_first_token_s=30.0) as model:
        answering = asyncio.create_task(model.answer(turn))
        async with asyncio.timeout(5):
            while not await client.exists(key):
                await asyncio.sleep(0.01)
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answering
    assert int(await client.hget(key, "tokens") or 0) > 1000


async def test_without_redis_patients_are_answered(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    await aimock.script(says(price_source(turn)))
    away = aioredis.Redis.from_url("redis://127.0.0.1:9/0")
    async with away, opened(aimock, away, llm_daily_tokens=1) as model:
        assert isinstance(await bounded(model, turn), Answered)


async def test_patients_queue_for_the_endpoint_and_none_waits_beyond_its_deadline(aimock: Aimock) -> None:
    turn = a_turn(ASKED)
    await aimock.script(says(price_source(turn), latency=100))
    async with opened(aimock, llm_concurrency=1, llm_total_s=20.0) as model:
        found = await asyncio.gather(*(model.answer(a_turn(ASKED, seconds=15.0)) for _ in range(3)))
        late = await asyncio.gather(*(model.answer(a_turn(ASKED, seconds=0.4)) for _ in range(3)))
    assert all(isinstance(one, Answered) for one in found), found
    assert all(isinstance(one, Failed) and one.reason in ("busy", "deadline") for one in late), late


async def test_a_voice_note_becomes_text(aimock: Aimock) -> None:
    await aimock.script(
        {"match": {"endpoint": "transcription"}, "response": {"transcription": {"text": "quero marcar"}}}
    )
    async with opened(aimock, transcribe_model="ear-1") as model:
        heard = await model.transcribe(b"OggS....", "audio/ogg; codecs=opus", 3, a_turn("x"))
        odd = await model.transcribe(b"MZ", "application/x-dosexec", 3, a_turn("x"))
    async with opened(aimock) as deaf:
        off = await deaf.transcribe(b"OggS", "audio/ogg", None, a_turn("x"))
    assert getattr(heard, "text", heard) == "quero marcar"
    assert isinstance(off, Failed)
    assert isinstance(odd, Failed)
    assert (off.reason, odd.reason) == ("off", "refused")


async def test_a_picture_is_described_and_counted(aimock: Aimock, client: aioredis.Redis) -> None:
    await aimock.script(says("Um pedido de exame: hemograma.", match={"model": "eye-1"}))
    turn = a_turn("olha")
    async with opened(aimock, client, vision_model="eye-1") as model:
        seen = await model.describe(b"\xff\xd8\xff", "image/jpeg", turn)
    assert getattr(seen, "text", seen) == "Um pedido de exame: hemograma."
    assert int(await client.hget(account(turn.clinic, turn.instance, turn.now), "tokens") or 0) > 0


async def test_texts_become_vectors(aimock: Aimock) -> None:
    await aimock.script({"match": {"endpoint": "embedding", "inputText": "um"}, "response": {"embedding": [0.5, 1]}})
    async with opened(aimock, embeddings_model="vector-1") as model:
        found = await model.embed(["um", "um dois"], a_turn("x").deadline)
    assert found == [[0.5, 1.0], [0.5, 1.0]]
