"""How is an OpenAI-compatible endpoint asked? The one place that speaks to it, and maps its failures to ours."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import httpx2
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from responder.model.collected import Collected, Reply, told_count
from responder.model.dialect import Dialect
from responder.model.failure import CallFailed
from responder.model.mapping import mapped
from responder.model.settings import ModelSettings
from shared.telemetry import metrics

CONNECT_S = 2.0
BILL_S = 0.5  # how long the usage is waited for after the end of the answer
IDLE_S = 60.0  # a bound for the client itself; our own deadlines are far below it
CONNECTIONS = 64
# What the client, its transport, or an answer of the wrong shape can raise. Anything else is a bug of ours.
TROUBLE = (
    openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, aiohttp.ClientError,
    OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError,
)  # fmt: skip

Message = dict[str, Any]
LONGEST_S = 86_400.0  # of a recording: more is a mistake of the endpoint's


class Transcript(NamedTuple):
    """What was heard, and what the endpoint says it took, if it does."""

    text: str
    tokens: tuple[int, int] | None = None
    """Of the recording, of the text."""
    seconds: float | None = None


class Embedded(NamedTuple):
    """The vectors, and the tokens that the endpoint counted, if it says."""

    vectors: list[list[float]]
    tokens: int | None = None


class Endpoint:
    """One endpoint. Calls end in a value or in `CallFailed`, at their deadline at the latest; none is repeated here."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._client = AsyncOpenAI(
            base_url=based(settings.llm_base_url),
            api_key=settings.llm_api_key or "none",  # local endpoints ask for none; the client insists on one
            max_retries=0,
            http_client=DefaultAioHttpClient(
                follow_redirects=False,  # the key and the patient's words go where they were configured to go
                timeout=httpx2.Timeout(IDLE_S, connect=CONNECT_S),
                limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            ),
        )
        self._dialects: dict[str, Dialect] = {}

    async def aclose(self) -> None:
        await self._client.close()

    async def complete(
        self, model: str, messages: Sequence[Message], tools: Sequence[Message], deadline: float
    ) -> Reply:
        """One streamed answer: its first token within `LLM_FIRST_TOKEN_S`, its end before `deadline`."""
        got, started = Collected(messages, tools), time.monotonic()
        limit = asyncio.timeout(min(self._settings.llm_first_token_s, deadline - started))
        try:
            async with limit, contextlib.aclosing(self._chunks(model, messages, tools)) as chunks:
                async for chunk in chunks:
                    if got.add(chunk):
                        metrics.MODEL_FIRST_TOKEN_SECONDS.observe(time.monotonic() - started)
                    if got.complete:
                        break
                    _extend(limit, got, deadline)
            return got.reply(model)
        except TROUBLE as error:
            if got.finished:  # after the model's own end only the bill can be missing
                return got.reply(model)
            raise self._failure(error, got, limit.expired(), deadline) from error

    async def transcribe(self, audio: bytes, name: str, deadline: float) -> Transcript:
        """What is said in a recording."""
        file = (name, audio)
        call = self._client.audio.transcriptions.create(model=self._settings.transcribe_model, file=file)
        heard = await self._plain(call, deadline)
        text = heard if isinstance(heard, str) else getattr(heard, "text", None)
        if not isinstance(text, str):
            raise CallFailed("malformed", "a transcription without text")
        usage = getattr(heard, "usage", None)
        prompt, completion = told_count(usage, "input_tokens"), told_count(usage, "output_tokens")
        seconds = getattr(usage, "seconds", None)
        return Transcript(
            text.strip(), (prompt, completion or 0) if prompt else None,
            float(seconds) if isinstance(seconds, int | float) and 0 < seconds < LONGEST_S else None,
        )  # fmt: skip

    async def embed(self, texts: Sequence[str], deadline: float) -> Embedded:
        """A vector for each text, in their order."""
        call = self._client.embeddings.create(
            model=self._settings.embeddings_model, input=list(texts), encoding_format="float"
        )
        found = await self._plain(call, deadline)
        try:
            vectors = [[float(x) for x in one.embedding] for one in sorted(found.data, key=lambda one: one.index)]
        except TROUBLE as error:
            raise CallFailed("malformed", f"vectors: {type(error).__name__}") from error
        if len(vectors) != len(texts):
            raise CallFailed("malformed", f"{len(vectors)} vectors for {len(texts)} texts")
        return Embedded(vectors, told_count(getattr(found, "usage", None), "prompt_tokens"))

    async def _plain(self, call: Any, deadline: float) -> Any:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await call
        except TimeoutError as error:
            raise CallFailed("deadline", "no answer in time") from error
        except TROUBLE as error:
            raise mapped(error) from error

    async def _chunks(
        self, model: str, messages: Sequence[Message], tools: Sequence[Message]
    ) -> AsyncGenerator[Any, None]:
        """The pieces of an answer; one that comes whole, from an endpoint that cannot stream, is one piece."""
        raw = await self._begun(model, messages, tools)
        try:
            if "json" in raw.headers.get("content-type", ""):
                yield json.loads(await raw.http_response.aread(), object_hook=_loose)
                return
            async for chunk in raw.parse():
                yield chunk
        finally:
            await raw.http_response.aclose()

    async def _begun(self, model: str, messages: Sequence[Message], tools: Sequence[Message]) -> Any:
        """The response's head. What the endpoint says it does not know is left out, now and from then on."""
        dialect = self._dialects.setdefault(model, Dialect())
        while True:
            given = dialect.arguments(tools, self._settings.llm_max_output_tokens)
            try:
                return await self._create(model, messages, given)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not dialect.learn(given, str(error.message)):
                    raise

    async def _create(self, model: str, messages: Iterable[Message], given: dict[str, Any]) -> Any:
        create: Any = self._client.chat.completions.with_raw_response.create
        return await create(model=model, messages=list(messages), stream=True, **given)

    def _failure(self, error: Exception, got: Collected, expired: bool, deadline: float) -> CallFailed:
        if not (expired and isinstance(error, TimeoutError)):
            failure = mapped(error)
        elif got.began or time.monotonic() >= deadline:
            failure = CallFailed("deadline", "no end in time")
        else:
            failure = CallFailed("first_token", f"nothing within {self._settings.llm_first_token_s:g} s")
        failure.used = got.estimated() if got.began or failure.reached else (0, 0)
        return failure


def _extend(limit: asyncio.Timeout, got: Collected, deadline: float) -> None:
    """After its first token an answer has until the deadline; after its last, its bill has a moment."""
    if got.began:
        left = deadline - time.monotonic()
        limit.reschedule(asyncio.get_running_loop().time() + (min(left, BILL_S) if got.finished else left))


def _loose(fields: dict[str, Any]) -> SimpleNamespace:
    """An object as the client makes them of a stream's pieces: with the fields that came."""
    return SimpleNamespace(**fields)


def based(url: str) -> str:
    """The address with its version: most endpoints have one, and people leave it out."""
    return url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/v1"
