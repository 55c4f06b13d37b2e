"""What does the real responder do, in this process, with clinics and a model that a test chooses?"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import redis.asyncio as aioredis
from aiohttp import web
from redis.exceptions import ResponseError

from demo.stack import ROOT
from responder.app import build
from responder.model import ModelSettings
from responder.settings import ResponderSettings
from shared import ids
from shared.clock import SYSTEM
from shared.events import (
    AnyEvent,
    Attachment,
    Event,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    SendRequested,
    Text,
    decode,
)
from shared.events.messages import Kind
from shared.service.platform import new_platform
from shared.settings import StreamSettings, load
from shared.streams import keys
from shared.streams.connection import connect
from shared.streams.log import Log
from shared.streams.scripts import Scripts
from tests.support.waiting import until

PATIENT = "5511988887777"
INSTANCE = "demo"
AT_ONCE = {
    "WA_LEASE_MS": "600", "WA_STREAM_BLOCK_MS": "200", "WA_DRAIN_S": "5", "RESPONDER_DEBOUNCE_MIN_MS": "0",
    "CLINICS_DIR": str(ROOT / "clinics"),
}  # fmt: skip


@contextlib.asynccontextmanager
async def responding(redis_url: str, **environ: str) -> AsyncIterator[None]:
    """A responder that answers every message at once, unless `environ` says otherwise."""
    given = {"REDIS_URL": redis_url, **AT_ONCE, **environ}
    settings = load(ResponderSettings, given)
    platform = new_platform("responder", settings, load(StreamSettings, given), SYSTEM)
    runner = web.AppRunner(build(settings, load(ModelSettings, given), platform))
    await runner.setup()
    try:
        yield
    finally:
        await runner.cleanup()


class Chat:
    """One patient's chat, as ingest writes it down, and what became of it."""

    def __init__(self, client: aioredis.Redis, url: str, patient: str = PATIENT) -> None:
        self.client, self.patient = client, patient
        self._writer = connect(url)
        self._log = Log(Scripts(self._writer), log_maxlen=0, bound=100, seen_life_s=60)
        self._serial = 0

    async def aclose(self) -> None:
        await self._writer.aclose()

    async def says(
        self, text: str = "", *, kind: Kind = "text", attachment: Attachment | None = None
    ) -> MessageReceived:
        """The patient writes."""
        self._serial += 1
        message = MessageReceived(
            **self._about(), message_id=f"3A{self.patient[-5:]}{self._serial:04d}", author="patient", kind=kind,
            text=text, reply_to=f"{self.patient}@s.whatsapp.net", attachment=attachment,
        )  # fmt: skip
        await self._log.append(message, dedupe=message.message_id, work=keys.inbound(INSTANCE))
        return message

    async def edits(self, message: MessageReceived, text: str) -> None:
        """The patient changes a message."""
        edit = MessageEdited(**self._about(), message_id=message.message_id, author="patient", text=text)
        await self._log.append(edit, dedupe=edit.id, work=keys.inbound(INSTANCE))

    async def deletes(self, message: MessageReceived) -> None:
        """The patient deletes a message for everyone."""
        gone = MessageRevoked(**self._about(), message_id=message.message_id, author="patient")
        await self._log.append(gone, dedupe=gone.id, work=keys.inbound(INSTANCE))

    async def facts(self, *kinds: type[Event]) -> list[AnyEvent]:
        """What the log says of this chat."""
        entries: Any = await self.client.xrange(keys.events(INSTANCE))
        found = [decode(fields[b"e"]) for _, fields in entries]
        return [one for one in found if one.chat == self.patient and (not kinds or isinstance(one, kinds))]

    async def sends(self) -> list[str]:
        """The texts on their way to the patient, in the order of the stream."""
        entries: Any = await self.client.xrange(keys.outbound(INSTANCE))
        entries += await self.client.xrange(keys.outbound_vip(INSTANCE))
        found = [decode(fields[b"e"]) for _, fields in entries]
        mine = [one for one in found if isinstance(one, SendRequested) and one.chat == self.patient]
        return [one.content.text for one in mine if isinstance(one.content, Text)]

    async def settled(self) -> None:
        """Wait until everything is answered."""
        await until(self._nothing_waits)

    async def taken(self, messages: int) -> None:
        """Wait until so many messages are in a responder's hands."""
        await until(lambda: self._in_hands(messages))

    async def answered(self, times: int = 1) -> list[str]:
        """Wait for so many sends and for the end of the work; their texts."""
        await until(lambda: self._enough(times))
        await self.settled()
        return await self.sends()

    async def _nothing_waits(self) -> bool:
        return await self.client.xlen(keys.inbound(INSTANCE)) == 0

    async def _in_hands(self, messages: int) -> bool:
        try:
            pending: Any = await self.client.xpending(keys.inbound(INSTANCE), keys.INBOUND_GROUP)
        except ResponseError:  # no responder has made its group yet
            return False
        return int(pending["pending"]) >= messages

    async def _enough(self, times: int) -> bool:
        return len(await self.sends()) >= times

    def _about(self) -> dict[str, Any]:
        now = SYSTEM.now_ms()
        return {
            "id": ids.new(SYSTEM),
            "instance": INSTANCE,
            "chat": self.patient,
            "occurred_at": now,
            "recorded_at": now,
        }


@contextlib.asynccontextmanager
async def chatting(client: aioredis.Redis, url: str, patient: str = PATIENT) -> AsyncIterator[Chat]:
    """A chat, closed at the end."""
    chat = Chat(client, url, patient)
    try:
        yield chat
    finally:
        await chat.aclose()


class Endpoint:
    """A model's endpoint that answers after a while: chat, embeddings, transcriptions. Opened with `async with`."""

    def __init__(self, said: str = "Sim.\nSOURCES: none", seconds: float = 0.0) -> None:
        self.said, self.seconds = said, seconds
        self.asked: list[tuple[str, Any]] = []
        self.embed: Callable[[str], list[float]] = lambda text: [float(len(text)), 1.0]
        self.heard = "que horas abre amanhã?"
        self.usage: dict[str, Any] = {}
        """What it says that a transcription took."""
        self.call: dict[str, Any] | None = None
        """A tool (name, arguments) that it calls before it says anything."""
        self.release = asyncio.Event()
        self.release.set()
        self._runner: web.AppRunner | None = None
        self.url = ""

    def environ(self, **more: str) -> dict[str, str]:
        return {"LLM_BASE_URL": self.url, "LLM_MODEL": "m", "LLM_API_KEY": "k", "LLM_FIRST_TOKEN_S": "9"} | more

    async def __aenter__(self) -> "Endpoint":
        app = web.Application(client_max_size=32 * 1024**2)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_post("/v1/audio/transcriptions", self._transcription)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _pause(self) -> None:
        await self.release.wait()
        await asyncio.sleep(self.seconds)

    async def _chat(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(("chat", body))
        await self._pause()
        message: dict[str, Any] = {"role": "assistant", "content": self.said}
        if self.call and not any(one["role"] == "tool" for one in body["messages"]):
            call = {"name": self.call["name"], "arguments": json.dumps(self.call["arguments"])}
            message = {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": call}]}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        return web.json_response(
            {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}
        )

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(("embeddings", body))
        await self._pause()
        data = [
            {"object": "embedding", "index": at, "embedding": self.embed(one)} for at, one in enumerate(body["input"])
        ]
        return web.json_response(
            {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        )

    async def _transcription(self, request: web.Request) -> web.Response:
        await request.post()
        self.asked.append(("transcription", None))
        await self._pause()
        told = {"usage": self.usage} if self.usage else {}
        return web.json_response({"text": self.heard} | told)
