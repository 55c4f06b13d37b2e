"""What is won by looking for an answer's context side by side? The same stages, together and one after the other.

The endpoint takes 60 ms for a vector and for a summary, as a near one does; all else is as in production.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from demo.redis import EmbeddedRedis
from responder.chat import ChatState, Turn
from responder.chat.state import Line
from responder.context import Gathering, _facts
from responder.meaning import Meanings, Vectors
from responder.question import Question
from shared.events import MessageReceived
from shared.streams.connection import connect
from shared.streams.scripts import Scripts
from tests.support.model import NOW, a_model, demo
from tests.support.responder import Endpoint

ENDPOINT_S = 0.06
ROUNDS = 40


def run() -> dict[str, float]:
    """Milliseconds for the context of one question, and how often the one goes into the other."""
    return asyncio.run(_measured())


async def _measured() -> dict[str, float]:
    folder = tempfile.TemporaryDirectory()
    server = EmbeddedRedis(Path(folder.name))
    server.start()
    try:
        async with Endpoint("- Quer saber os horários.") as endpoint, connect(server.url) as client:
            model = a_model(endpoint.url, client, embeddings_model="v")
            meanings = Meanings(Vectors(Scripts(client), model, "v"))
            await meanings.prepare(demo()[1])
            endpoint.seconds = ENDPOINT_S
            gathering = Gathering(model, meanings)
            together = await _median(lambda n: gathering.of(_question(n), "pt"))
            serial = await _median(lambda n: _one_by_one(gathering, _question(ROUNDS + n)))
            await model.aclose()
    finally:
        server.stop()
        folder.cleanup()
    return {
        "context side by side, p50, ms": together * 1000,
        "context one after the other, p50, ms": serial * 1000,
        "one after the other / side by side": serial / together,
    }


async def _one_by_one(gathering: Gathering, question: Question) -> None:
    await gathering._hits(question, "pt")
    await _facts(question, "pt")
    await gathering._summary(question, "pt")


async def _median(work: Callable[[int], Awaitable[object]]) -> float:
    took = []
    for n in range(ROUNDS):
        started = time.perf_counter()
        await work(n)
        took.append(time.perf_counter() - started)
    return statistics.median(took)


def _question(n: int) -> Question:
    """A question that was not asked before, at the end of a long conversation."""
    clinic, knowledge = demo()
    text = f"tem estacionamento para {n} carros?"
    message = MessageReceived(
        id="019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051", instance="demo", chat="5511988887777", occurred_at=0, recorded_at=0,
        message_id="m", author="patient", kind="text", text=text,
    )  # fmt: skip
    older = tuple(Line("patient", f"pergunta {k}", k) for k in range(8))
    return Question(text, Turn((message,)), ChatState(older=older), clinic, knowledge, NOW)
