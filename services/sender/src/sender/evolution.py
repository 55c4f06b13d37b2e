"""How is a message handed to the Evolution API? The one place that speaks to the gateway, and maps its failures."""

import datetime as dt
import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from sender.classify import classify
from sender.found import Found, found_in
from sender.outcome import InstanceDown, Outcome, Unknown
from shared.clock import SYSTEM, Clock
from shared.events import Buttons, Content, Listing, Location, Media, Reaction, Text, VoiceNote
from shared.telemetry import metrics

CONNECT_TIMEOUT_S = 5.0
PROBE_TIMEOUT_S = 3.0
SEARCH_TIMEOUT_S = 5.0
MOST_BYTES = 32 * 1024**2  # an answer may hold the file that was sent: 22 MB as base64, and margin
HALF_A_SECOND_MS = 500  # `Date` tells whole seconds that are over
MOST_AHEAD_MS = 86_400_000
SEARCH_PAGE = 50
SEARCH_PAGES = 4  # 200 messages: over three minutes at one a second, and proof is looked for within seconds
_RETRYABLE_BEFORE_SENDING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Evolution:
    """A gateway, by its address and key. Opened with `async with`."""

    def __init__(
        self, url: str, api_key: str, timeout_s: float, typing_ms: int = 0, clock: Clock = SYSTEM
    ) -> None:  # fmt: skip
        self._url = url.rstrip("/")
        self._headers = {"apikey": api_key}
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S)
        self._typing_ms = typing_ms
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self.ahead_ms = 0
        """How far its clock is ahead of ours (behind: below 0), to the second, by its newest answer."""

    async def __aenter__(self) -> "Evolution":
        # Node hangs up on an idle connection after 5 s: a call that meets this has an unknown outcome for nothing.
        connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=60, keepalive_timeout=4)
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout, connector=connector)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, instance: str, to: str, content: Content, *, quoted_id: str = "") -> Outcome:
        """Hand one message over. Never raises for what the gateway or the network do."""
        call, body = request_of(content, to, quoted_id)
        body = without_nul(body)
        if self._typing_ms and isinstance(content, Text):
            body["delay"] = self._typing_ms  # the gateway shows "typing…" for that long, and answers after it
        started = time.monotonic()
        try:
            return await self._post(f"/message/{call}/{quote(instance, safe='')}", body)
        finally:
            metrics.GATEWAY_SECONDS.labels(call).observe(time.monotonic() - started)

    async def show_typing(self, instance: str, to: str, shown_ms: int) -> bool:
        """Show "typing…" in a chat; the call lasts as long. False: the gateway did not, and nothing is lost by it."""
        assert self._session is not None, "use `async with Evolution(…)`"
        body = {"number": to, "presence": "composing", "delay": shown_ms}
        url = f"{self._url}/chat/sendPresence/{quote(instance, safe='')}"
        timeout = aiohttp.ClientTimeout(total=shown_ms / 1000 + CONNECT_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S)
        try:
            async with self._session.post(url, json=body, timeout=timeout, allow_redirects=False) as answer:
                return answer.status < 300
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def is_alive(self) -> bool:
        """Whether the gateway answers a question that changes nothing."""
        assert self._session is not None, "use `async with Evolution(…)`"
        timeout = aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S)
        try:
            async with self._session.get(f"{self._url}/", timeout=timeout) as answer:
                return answer.status < 500
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def sent_since(self, instance: str, since_ms: int, until_ms: int) -> list[Found]:
        """Our own messages of that time in the gateway's database; empty also when it does not answer."""
        span = {"gte": _iso(since_ms), "lte": _iso(until_ms)}
        where = {"key": {"fromMe": True}, "messageTimestamp": span}
        found: list[Found] = []
        for page in range(1, SEARCH_PAGES + 1):
            records = await self._search(instance, {"where": where, "page": page, "offset": SEARCH_PAGE})
            found += [message for record in records if (message := found_in(record)) is not None]
            if len(records) < SEARCH_PAGE:
                break
        return found

    async def _search(self, instance: str, query: dict[str, Any]) -> list[Any]:
        assert self._session is not None, "use `async with Evolution(…)`"
        url = f"{self._url}/chat/findMessages/{quote(instance, safe='')}"
        timeout = aiohttp.ClientTimeout(total=SEARCH_TIMEOUT_S)
        try:
            async with self._session.post(url, json=query, timeout=timeout) as answer:
                self._compare_clocks(answer.headers)
                body = await _json(answer) if answer.status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError):
            return []
        messages = body.get("messages") if isinstance(body, dict) else None
        records = messages.get("records") if isinstance(messages, dict) else None
        return records if isinstance(records, list) else []

    async def _post(self, path: str, body: dict[str, Any]) -> Outcome:
        assert self._session is not None, "use `async with Evolution(…)`"
        try:
            async with self._session.post(self._url + path, json=body, allow_redirects=False) as answer:
                self._compare_clocks(answer.headers)
                return classify(answer.status, await _json(answer), retry_after(answer.headers))
        except _RETRYABLE_BEFORE_SENDING as error:
            return InstanceDown(f"the gateway cannot be reached: {error}", unreachable=True)
        except TimeoutError:
            return Unknown(f"no answer within {self._timeout.total:.0f} s", unreachable=True)
        except (aiohttp.ClientError, OSError) as error:
            return Unknown(f"the connection broke: {type(error).__name__}", unreachable=True)

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        try:
            told = parsedate_to_datetime(headers.get("Date", "")).timestamp() * 1000
        except (ValueError, TypeError, OverflowError):
            return
        ahead = round(told) + HALF_A_SECOND_MS - self._clock.now_ms()
        self.ahead_ms = max(-MOST_AHEAD_MS, min(ahead, MOST_AHEAD_MS))


def retry_after(headers: Mapping[str, str]) -> str | None:
    """The header's seconds. A date, as proxies may send, counts from the answer's own `Date`: no clock is compared."""
    said = headers.get("Retry-After", "").strip()
    try:
        until, now = parsedate_to_datetime(said), parsedate_to_datetime(headers.get("Date", ""))
        return str((until - now).total_seconds())
    except (ValueError, TypeError):
        return said or None


async def _json(answer: aiohttp.ClientResponse) -> Any:
    """What the body says; None when it is no JSON, or more than any answer of the gateway."""
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            answer.close()
            return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _iso(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat().replace("+00:00", "Z")


def without_nul(value: Any) -> Any:
    """The same without the NUL that breaks the gateway's database after the hand-over."""
    match value:
        case str():
            return value.replace("\x00", "")
        case dict():
            return {name: without_nul(item) for name, item in value.items()}
        case list():
            return [without_nul(item) for item in value]
    return value


def request_of(content: Content, to: str, quoted_id: str) -> tuple[str, dict[str, Any]]:
    """The call and body (v2 shape) that carry `content`."""
    quoted = {"quoted": {"key": {"id": quoted_id}}} if quoted_id else {}
    match content:
        case Text(text=text, link_preview=preview):
            return "sendText", {"number": to, "text": text, "linkPreview": preview, **quoted}
        case VoiceNote(source=source):
            return "sendWhatsAppAudio", {"number": to, "audio": source, **quoted}
        case Media():
            optional = {"mimetype": content.mimetype, "fileName": content.file_name, "caption": content.caption}
            given = {name: value for name, value in optional.items() if value}
            return "sendMedia", {
                "number": to,
                "mediatype": content.mediatype,
                "media": content.source,
                **given,
                **quoted,
            }
        case Location():  # [src]: the call is not among the recorded exchanges
            place = {"latitude": content.latitude, "longitude": content.longitude}
            said = {"name": content.name, "address": content.address}
            return "sendLocation", {"number": to, **place, **said, **quoted}
        case Reaction(message_id=id_, emoji=emoji, own=own):
            key = {"id": id_, "remoteJid": to if "@" in to else f"{to}@s.whatsapp.net", "fromMe": own}
            return "sendReaction", {"key": key, "reaction": emoji}
        case Buttons() | Listing():
            call, body = _menu(content)
            return call, {"number": to, **body, **quoted}


def _menu(content: Buttons | Listing) -> tuple[str, dict[str, Any]]:
    head = {"title": content.title, "description": content.description}
    if isinstance(content, Buttons):
        buttons = [{"type": "reply", "displayText": button.text, "id": button.id} for button in content.buttons]
        return "sendButtons", {**head, "footer": content.footer, "buttons": buttons}
    sections = [
        {
            "title": section.title,
            "rows": [{"title": row.title, "description": row.description, "rowId": row.id} for row in section.rows],
        }
        for section in content.sections
    ]
    return "sendList", {**head, "footerText": content.footer, "buttonText": content.button, "sections": sections}
