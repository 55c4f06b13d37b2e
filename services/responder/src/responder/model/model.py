"""What does the model answer to this turn, if anything that may be sent?"""

import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import redis.asyncio as aioredis

from clinic import Clinic, Language
from responder.model import calls, claims, media, metered, summing, toolbox
from responder.model.asking import Asking
from responder.model.breaker import Breaker
from responder.model.budget import Budget, Ledger, account
from responder.model.checking import Material, fault, tidy
from responder.model.collected import Reply
from responder.model.failure import CallFailed
from responder.model.parsing import Parsed, parsed, without_thoughts
from responder.model.prompt import MAX_SAID, Prompt, assemble
from responder.model.reading_back import read_back, reads_back
from responder.model.settings import ModelSettings
from responder.model.slots import Slots
from responder.model.toolbox import Toolbox
from responder.model.turn import Answered, Failed, Turn
from responder.model.wire import Endpoint, Message
from shared.telemetry import logs, metrics

ROUNDS = 3  # of tool calls in one turn; then the model must answer
MAX_RAW = 4_000  # characters: what is longer is not even looked at
MAX_ASKED = 500  # characters of each of the patient's messages in which a date or an hour is looked for

_log = logs.get(__name__)


class Model:
    """The model path of one replica: one endpoint, its queue, its budgets. Close it at the end with `aclose`."""

    def __init__(
        self, settings: ModelSettings, client: aioredis.Redis | None, endpoint: Endpoint | None = None
    ) -> None:
        self.settings = settings
        self._endpoint = endpoint or Endpoint(settings)
        self._slots = Slots(settings.llm_concurrency)
        self._budget = Budget(client, settings)
        self._breaker = Breaker()
        self._canary = secrets.token_hex(8)
        self._tools = calls.described()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def answer(self, turn: Turn) -> Answered | Failed:
        """A reply that passed every check, or why there is none. Ends before `turn.deadline` and `LLM_TOTAL_S`."""
        started = time.monotonic()
        found = await self._answer(turn, min(turn.deadline, started + self.settings.llm_total_s))
        outcome = found.reason if isinstance(found, Failed) else "answered"
        metrics.MODEL_SECONDS.observe(time.monotonic() - started)
        metrics.MODEL_ANSWERS.labels(outcome).inc()
        if isinstance(found, Failed):
            _log.info("model_gave_no_answer", reason=found.reason, detail=found.detail, calls=found.usage.calls)
        return found

    async def transcribe(self, audio: bytes, mimetype: str, seconds: int | None, turn: Turn) -> media.Heard | Failed:
        """What is said in a voice note, `seconds` long by its sender's word; it counts as the clinic's use."""
        ledger = Ledger(account(turn.clinic, turn.instance, turn.now))
        return await media.transcribe(
            self._endpoint, self.settings, self._budget, ledger, audio, mimetype, seconds, turn.deadline
        )

    async def describe(self, image: bytes, mimetype: str, turn: Turn) -> media.Heard | Failed:
        """What a picture shows; it counts as the clinic's use of the model."""
        ledger = Ledger(account(turn.clinic, turn.instance, turn.now))
        return await media.describe(self._endpoint, self.settings, self._budget, ledger, image, mimetype, turn)

    async def summarise(
        self, summary: str, lines: Sequence[tuple[str, str]], clinic: Clinic, instance: str, language: Language,
        now: datetime, deadline: float,
    ) -> str | Failed:  # fmt: skip
        """The notes of a long chat, written anew; it counts as the clinic's use of the model."""
        if not self.settings.on:
            return Failed(reason="off")
        ledger = Ledger(account(clinic, instance, now))
        asking = Asking(self._endpoint, self.settings, self._breaker, self._budget, ledger, deadline)
        try:
            async with self._slots.take(deadline, vip=False):
                return await summing.summarise(asking, summary, lines, language)
        except CallFailed as failure:
            return Failed(reason=failure.kind, detail=failure.detail)

    async def embed(self, texts: Sequence[str], deadline: float, payer: str = "") -> list[list[float]] | Failed:
        """Vectors for the knowledge search; `payer` is the `account` of the clinic that they are made for."""
        if not self.settings.embeddings_model:
            return Failed(reason="off")
        try:
            ledger = Ledger(payer)
            return await metered.embedded(self._endpoint, self.settings, self._budget, ledger, texts, deadline)
        except CallFailed as failure:
            return Failed(reason=failure.kind, detail=failure.detail)

    async def _answer(self, turn: Turn, deadline: float) -> Answered | Failed:
        if not self.settings.on:
            return Failed(reason="off")
        ledger = Ledger(account(turn.clinic, turn.instance, turn.now))
        prompt = assemble(turn, self._canary)
        tools = Toolbox(turn)
        asking = Asking(self._endpoint, self.settings, self._breaker, self._budget, ledger, deadline)
        try:
            async with self._slots.take(deadline, vip=turn.vip):
                reply = await self._talk(asking, prompt, tools)
        except CallFailed as failure:
            return _failed(failure.kind, failure.detail, ledger, tools)
        return judged(reply, turn, prompt, tools, ledger)

    async def _talk(self, asking: Asking, prompt: Prompt, tools: Toolbox) -> Reply:
        """Ask, carry out what is asked for, ask again. The last time no tools are offered."""
        messages: list[Message] = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        for left in range(ROUNDS, -1, -1):
            reply = await asking.ask(messages, self._tools if left else ())
            if not reply.calls:
                return reply
            if left:
                messages += [_asked(reply), *_answered(reply, tools)]
        raise CallFailed("too_many_rounds", f"still calling tools after {ROUNDS} rounds")


def judged(reply: Reply, turn: Turn, prompt: Prompt, tools: Toolbox, ledger: Ledger) -> Answered | Failed:
    """The reply, if it passes every check."""
    text = without_thoughts(reply.text)
    if reply.cut or len(text) > MAX_RAW:
        return _rejected("length", ledger, tools)
    read = parsed(text, prompt.sources | tools.sources)
    material = _material(turn, prompt, tools)
    said = Parsed(tidy(read.text), read.sources)
    if (wrong := fault(said, material)) is None and tools.unconfirmed is not None:
        said = _reading_back(said, tools.unconfirmed, turn)
        wrong = fault(said, material)
    if wrong is not None:
        return _rejected(wrong, ledger, tools)
    person = tools.person
    promised = person is None and claims.promises_person(said.text)
    return Answered(
        text=said.text, language=turn.language, sources=said.sources, tool_calls=tuple(tools.effects),
        read_back=tools.unconfirmed,
        usage=ledger.usage, handoff=person is not None or promised, urgent=person is not None and person.urgent,
        why=person.why if person else "the reply promises a person" if promised else "",
    )  # fmt: skip


def _reading_back(said: Parsed, request: calls.AppointmentRequested, turn: Turn) -> Parsed:
    """The model's words, if they read the request back and ask nothing else; else our own."""
    sentence = read_back(request, turn.language)
    if reads_back(said.text, sentence):
        return said
    return Parsed(sentence, (turn.clinic.source(f"services.{request.service_id}"),))


def _material(turn: Turn, prompt: Prompt, tools: Toolbox) -> Material:
    asked = (*(text for author, text in turn.conversation if author == "patient"), *turn.texts)
    return Material(
        turn=turn,
        prompt=prompt,
        asked=tuple(text[:MAX_ASKED] for text in asked[-MAX_SAID:]),
        results=tuple(tools.results),
        found=tuple(tools.found),
        person=bool(tools.effects),
    )


def _rejected(check: str, ledger: Ledger, tools: Toolbox) -> Failed:
    metrics.MODEL_REJECTED.labels(check).inc()
    return _failed("rejected", check, ledger, tools)


def _failed(reason: str, detail: str, ledger: Ledger, tools: Toolbox) -> Failed:
    """What tools noted is not done; but whoever was called, or was to get a confirmed request, looks at the chat."""
    person = tools.person
    return Failed(
        reason=reason, detail=detail, usage=ledger.usage, handoff=bool(tools.effects),
        urgent=person is not None and person.urgent,
    )  # fmt: skip


def _asked(reply: Reply) -> Message:
    made: list[Any] = [
        {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": _json(one.arguments)}}
        for one in reply.calls
    ]
    return {"role": "assistant", "content": reply.text or None, "tool_calls": made}


def _answered(reply: Reply, tools: Toolbox) -> list[Message]:
    return [{"role": "tool", "tool_call_id": one.id, "content": tools.run(one)} for one in reply.calls]


def _json(arguments: str) -> str:
    """What the model is shown of its own call: some endpoints refuse a conversation with broken arguments in it."""
    try:
        msgspec.json.decode(arguments)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return "{}"
    return arguments if len(arguments) <= toolbox.MAX_ARGUMENTS else "{}"
