"""Knowledge is found by meaning as well, when there is an endpoint for it, and without it when there is none."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest
import redis.asyncio as aioredis

from clinic.knowledge import Hit
from responder.chat.state import ChatState, Line
from responder.context import Gathering
from responder.meaning import Meanings, Vectors, fused
from responder.model import Failed
from responder.question import Question
from shared.streams.connection import connect
from shared.streams.scripts import Scripts
from shared.telemetry import metrics
from tests.support.model import NOW, a_model, demo
from tests.support.responder import Chat, Endpoint, chatting, responding
from tests.support.waiting import until


class Embedder:
    """Two dimensions: how much a text is about the garage, and how much about anything else."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.seconds = 0.0
        self.fails = False

    async def embed(self, texts: Sequence[str], deadline: float, payer: str) -> list[list[float]] | Failed:
        await asyncio.sleep(self.seconds)
        if self.fails:
            return Failed(reason="unavailable")
        self.asked += texts
        return [[1.0, 0.0] if "manobrista" in one or "subsolo" in one else [0.0, 1.0] for one in texts]


@pytest.fixture
async def scripts(redis_url: str) -> AsyncIterator[Scripts]:
    async with connect(redis_url) as client:
        yield Scripts(client)


def a_hit(source: str) -> Hit:
    return Hit(score=1.0, text=source, heading="", source=source)


def test_what_two_searches_find_comes_before_what_one_ranks_first() -> None:
    words, meaning = [a_hit("a"), a_hit("b")], [a_hit("c"), a_hit("b")]
    assert [hit.source for hit in fused((words, meaning), 5)] == ["b", "a", "c"]
    assert [hit.source for hit in fused((words, []), 1)] == ["a"]


async def test_the_same_text_is_asked_for_once_by_all_replicas(scripts: Scripts) -> None:
    embedder = Embedder()
    first, second = (Vectors(scripts, embedder, "m") for _ in range(2))
    one = await first.of(["a", "b"], time.monotonic() + 5)
    two = await second.of(["b", "a", "c"], time.monotonic() + 5)
    assert embedder.asked == ["a", "b", "c"]
    assert one["a"] == two["a"]
    other = Vectors(scripts, embedder, "another model")
    await other.of(["a"], time.monotonic() + 5)
    assert embedder.asked == ["a", "b", "c", "a"]


async def test_a_piece_is_found_that_has_none_of_the_questions_words(scripts: Scripts) -> None:
    _, knowledge = demo()
    meanings = Meanings(Vectors(scripts, Embedder(), "m"))
    await meanings.prepare(knowledge)
    hits = await meanings.nearest(knowledge, "manobrista?", ("pt",), limit=3, deadline=time.monotonic() + 5)
    assert hits
    assert all("subsolo" in hit.text or "manobrista" in hit.text for hit in hits)


async def test_what_a_patient_asked_leaves_no_vector_in_redis(scripts: Scripts, client: aioredis.Redis) -> None:
    """It would be theirs, under a name that an erasure cannot find."""
    _, knowledge = demo()
    meanings = Meanings(Vectors(scripts, Embedder(), "m"))
    await meanings.prepare(knowledge)
    before = sorted(await client.keys("wa:vector:*"))
    assert await meanings.nearest(knowledge, "manobrista?", ("pt",), limit=3, deadline=time.monotonic() + 5)
    assert before
    assert sorted(await client.keys("wa:vector:*")) == before


async def test_an_endpoint_that_is_away_leaves_the_search_by_words(scripts: Scripts) -> None:
    _, knowledge = demo()
    embedder = Embedder()
    embedder.fails = True
    meanings = Meanings(Vectors(scripts, embedder, "m"))
    await meanings.prepare(knowledge)
    assert await meanings.nearest(knowledge, "x", ("pt",), limit=3, deadline=time.monotonic() + 5) == []
    embedder.fails = False
    await meanings.prepare(knowledge)
    assert await meanings.nearest(knowledge, "manobrista", ("pt",), limit=3, deadline=time.monotonic() + 5)


async def a_question(chat: Chat, text: str, lines: int = 0) -> Question:
    from responder.chat import Turn

    clinic, knowledge = demo()
    older = tuple(Line("patient" if n % 2 == 0 else "clinic", f"pergunta {n}", n) for n in range(lines))
    message = await chat.says(text)
    return Question(text, Turn((message,)), ChatState(older=older), clinic, knowledge, NOW)


@pytest.fixture
async def chat(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url) as chat:
        yield chat


async def test_a_stage_that_is_late_is_counted_and_left_out(chat: Chat, scripts: Scripts) -> None:
    question, embedder = await a_question(chat, "tem estacionamento?"), Embedder()
    meanings = Meanings(Vectors(scripts, embedder, "m"))
    await meanings.prepare(question.knowledge)
    embedder.seconds = 60
    late = metrics.CONTEXT_LATE.labels("knowledge")._value.get()
    context = await Gathering(None, meanings).of(question, "pt")
    assert context.hits[0].source.startswith("knowledge/parking")
    assert context.facts
    assert metrics.CONTEXT_LATE.labels("knowledge")._value.get() == late + 1


async def test_a_long_conversation_is_summed_up_by_the_model_and_else_extracted(chat: Chat) -> None:
    question = await a_question(chat, "e amanhã?", lines=8)
    async with Endpoint("- Quer saber os horários de amanhã.") as endpoint:
        model = a_model(endpoint.url)
        made = await Gathering(model).of(question, "pt")
        await model.aclose()
    extracted = await Gathering(None).of(question, "pt")
    assert (made.summary, made.summarised) == ("- Quer saber os horários de amanhã.", True)
    assert (extracted.summary.splitlines()[0], extracted.summarised) == ("- pergunta 0", False)


async def test_the_responder_makes_vectors_beside_the_answering(chat: Chat, redis_url: str) -> None:
    async with Endpoint("Sim.\nSOURCES: none") as endpoint:
        settings = endpoint.environ(EMBEDDINGS_MODEL="v")
        async with responding(redis_url, **settings):
            await until(lambda: any(kind == "embeddings" for kind, _ in endpoint.asked))
            await until(lambda: _vectors(chat.client))
            await chat.says("tem estacionamento?")
            await chat.answered()


async def _vectors(client: aioredis.Redis) -> bool:
    return len(await client.keys("wa:vector:*")) > 20
