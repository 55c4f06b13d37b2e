"""What does the gateway answer? What the test scripted, in the words of recorded exchanges, over real HTTP."""

import asyncio
import datetime as dt
import json
import time
from collections import deque
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

CAPTURES = Path(__file__).parents[1] / "captures"


@dataclass(frozen=True)
class Answer:
    """How one call is answered. `delivers`: WhatsApp has the message afterwards, whatever the answer says."""

    status: int = 201
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    reset: bool = False
    delivers: bool = False

    def after(self, seconds: float) -> "Answer":
        return replace(self, delay_s=seconds)

    def delivered(self) -> "Answer":
        return replace(self, delivers=True)


@dataclass(frozen=True)
class Call:
    """One request that the gateway got."""

    call: str
    instance: str
    body: dict[str, Any]
    apikey: str
    at: float
    """By the monotonic clock."""

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))


def captured(name: str) -> Answer:
    """The answer of `tests/captures/<name>.json`, as it was recorded."""
    response = json.loads((CAPTURES / f"{name}.json").read_text())["response"]
    retry_after = {k: v for k, v in response.get("headers", {}).items() if k.lower() == "retry-after"}
    return Answer(response["status"], response["body"], retry_after, delivers="/BUG_" in name)


def says(status: int, message: Any = "", **headers: str) -> Answer:
    """An error in the gateway's shape."""
    return Answer(status, {"status": status, "error": "", "response": {"message": message}}, headers)


RESET = Answer(reset=True)
HANG = Answer(delay_s=3600.0)


class Gateway:
    """A gateway that does as it is told. Without a script it takes every message. Opened with `async with`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.phone: list[tuple[str, str]] = []
        """What WhatsApp has, in order: number and text."""
        self.searches: list[dict[str, Any]] = []
        self.kept: list[dict[str, Any]] = []
        """What its message search finds, as records of its database."""
        self.ahead_s = 0
        """How far its clock is ahead of ours."""
        self.always: Answer | None = None
        """The answer to what no script speaks of."""
        self.presences: list[tuple[str, dict[str, Any]]] = []
        """Instance and body of every call that shows typing."""
        self.presence: Answer = captured("baileys-sim/sendPresence_201")
        self.busy = 0
        self.most_at_once = 0
        self._script: deque[Answer] = deque()
        self._for: dict[str, deque[Answer]] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._serial = 0
        self._accepted: dict[str, Any] = captured("baileys-sim/sendText_201").body

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def script(self, *answers: Answer, to: str = "") -> None:
        """Answer the next calls so; with `to`, those for this number."""
        (self._for.setdefault(to, deque()) if to else self._script).extend(answers)

    async def __aenter__(self) -> "Gateway":
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_get("/", self._root)
        app.router.add_post("/message/{call}/{instance}", self._serve)
        app.router.add_post("/chat/findMessages/{instance}", self._search)
        app.router.add_post("/chat/sendPresence/{instance}", self._presence)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await self.open()
        return self

    async def open(self) -> None:
        """Listen, on the port that it had before."""
        assert self._runner is not None
        await web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Refuse connections until `open`."""
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()

    async def __aexit__(self, *_error: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _root(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": 200, "message": "Welcome to the Evolution API, it is working!"})

    async def _presence(self, request: web.Request) -> web.Response:
        """Unlike the real one it does not block for `delay`: nothing waits for it."""
        self.presences.append((request.match_info["instance"], await request.json()))
        return web.json_response(self.presence.body, status=self.presence.status)

    async def _search(self, request: web.Request) -> web.Response:
        self.searches.append(await request.json())
        span = self.searches[-1]["where"]["messageTimestamp"]
        first, last = (dt.datetime.fromisoformat(span[name]).timestamp() for name in ("gte", "lte"))
        found = [one for one in self.kept if first <= one["messageTimestamp"] <= last]
        page = {"total": len(found), "pages": 1, "currentPage": 1, "records": found}
        return web.json_response({"messages": page}, headers={"Date": formatdate(time.time() + self.ahead_s)})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = Call(
            request.match_info["call"], request.match_info["instance"], await request.json(),
            request.headers.get("apikey", ""), time.monotonic(),
        )  # fmt: skip
        self.calls.append(call)
        self.busy += 1
        self.most_at_once = max(self.most_at_once, self.busy)
        try:
            return await self._answer(request, call, self._next(call))
        finally:
            self.busy -= 1

    def _next(self, call: Call) -> Answer:
        number = str(call.body.get("number", ""))
        for script in (self._for.get(number), self._script):
            if script:
                return script.popleft()
        return self.always or Answer(delivers=True)

    async def _answer(self, request: web.Request, call: Call, answer: Answer) -> web.StreamResponse:
        if answer.delivers:
            self.phone.append((str(call.body.get("number", "")), call.text))
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        if answer.reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        body = answer.body if answer.body is not None else self._taken(call)
        if isinstance(body, (str, bytes)):
            return web.Response(status=answer.status, body=body, headers=answer.headers)
        return web.json_response(body, status=answer.status, headers=answer.headers)

    def _taken(self, call: Call) -> dict[str, Any]:
        self._serial += 1
        number = str(call.body.get("number", ""))
        jid, id_ = f"{number.partition('@')[0]}@s.whatsapp.net", f"3EB0{self._serial:018X}"
        key = {"remoteJid": jid, "fromMe": True, "id": id_}
        return self._accepted | {"key": key, "message": {"conversation": call.text}}
