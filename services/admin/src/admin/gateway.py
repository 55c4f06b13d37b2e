"""What does the admin service ask the Evolution API? The one file that speaks to it, and maps its failures.

As recorded of 2.3.6 and 2.3.7. Instance tokens, which its answers carry, stay here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec

from admin.http.problems import Problem
from admin.outside import Outside, Unreachable

TIMEOUT_S = 10.0  # creating an instance and asking for its QR code took up to five seconds
EVENTS = (
    "MESSAGES_UPSERT", "MESSAGES_EDITED", "MESSAGES_UPDATE", "MESSAGES_DELETE", "SEND_MESSAGE", "CONNECTION_UPDATE",
)  # fmt: skip
UNSET = "no gateway is set: EVOLUTION_SERVER_URL and EVOLUTION_API_KEY say which"
INTEGRATION = "WHATSAPP-BAILEYS"


class GatewayInstance(msgspec.Struct, frozen=True, kw_only=True):
    """An instance, as the gateway has it."""

    name: str
    state: str = ""
    """open, connecting or close: a flag that it was seen to get wrong while sends failed."""
    number: str = ""
    profile: str = ""
    integration: str = ""
    gone_why: int | None = None
    """WhatsApp's code of the last disconnection, such as 401: logged out."""


class Qr(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone scans to connect. It is good for less than a minute: ask again while it is shown."""

    state: str
    """open: there is nothing to scan; connecting: scan it, or ask again in a moment when there is no picture yet."""
    image: str = ""
    """A PNG as a data: URI."""
    code: str = ""
    """What the picture says."""
    pairing_code: str = ""


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """Where the gateway posts what happens on an instance."""

    url: str = ""
    enabled: bool = False
    by_events: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """A webhook with what only the doctor looks at. Its headers hold a secret: it is compared, and told nowhere."""

    hook: Hook
    events: frozenset[str] = frozenset()
    """Empty: all of them."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    changed_at: int | None = None
    """When it was last set, ms, by the gateway's clock; None: it never was."""


class Gateway:
    """The gateway, by its address and global key."""

    def __init__(self, url: str, key: str | None, outside: Outside) -> None:
        self._url, self._key, self._outside = url.rstrip("/"), key, outside

    @property
    def is_set(self) -> bool:
        """Whether there is one to ask."""
        return bool(self._url and self._key)

    async def version(self) -> str:
        """Of the gateway. Raises Problem 503."""
        body = await self._ask("GET", "/")
        return str(body.get("version", "")) if isinstance(body, dict) else ""

    async def instances(self) -> list[GatewayInstance]:
        """All of them. Raises Problem 503."""
        found = await self._ask("GET", "/instance/fetchInstances")
        return [_instance(row) for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    async def instance(self, name: str) -> GatewayInstance | None:
        """One of them. Raises Problem 503."""
        try:
            found = await self._ask("GET", f"/instance/fetchInstances?instanceName={quote(name, safe='')}")
        except Problem as problem:
            if problem.status == 404:
                return None
            raise
        return _instance(found[0]) if isinstance(found, list) and found and isinstance(found[0], dict) else None

    async def create(self, name: str, number: str, hook: dict[str, Any] | None) -> None:
        """A new instance, not connected yet. Raises Problem 409 when the name is taken, 400 or 503."""
        body: dict[str, Any] = {"instanceName": name, "integration": INTEGRATION, "qrcode": False}
        body |= ({"number": number} if number else {}) | ({"webhook": hook} if hook else {})
        await self._ask("POST", "/instance/create", body)

    async def qr(self, name: str) -> Qr:
        """Begin to connect. Raises Problem 404 or 503."""
        body = await self._ask("GET", f"/instance/connect/{quote(name, safe='')}")
        told = body if isinstance(body, dict) else {}
        if isinstance(told.get("instance"), dict):
            return Qr(state=str(told["instance"].get("state", "")))
        image = str(told.get("base64") or "")
        return Qr(
            state="connecting", image=image if image.startswith("data:image/png;base64,") else "",
            code=str(told.get("code") or ""), pairing_code=str(told.get("pairingCode") or ""),
        )  # fmt: skip

    async def hook(self, name: str) -> Hook:
        """Where it posts. Raises Problem 404 or 503."""
        return (await self.posting(name)).hook

    async def posting(self, name: str) -> Posting:
        """Where and how it posts. Raises Problem 404 or 503."""
        body = await self._ask("GET", f"/webhook/find/{quote(name, safe='')}")
        told = body if isinstance(body, dict) else {}
        hook = Hook(
            url=str(told.get("url") or ""), enabled=bool(told.get("enabled")),
            by_events=bool(told.get("webhookByEvents")),
        )  # fmt: skip
        events, headers = told.get("events"), told.get("headers")
        return Posting(
            hook, frozenset(map(str, events)) if isinstance(events, list) else frozenset(),
            {str(key): str(value) for key, value in headers.items()} if isinstance(headers, dict) else {},
            _moment(told.get("updatedAt")),
        )  # fmt: skip

    async def set_hook(self, name: str, hook: dict[str, Any]) -> None:
        """Have it post there. Raises Problem 404 or 503."""
        await self._ask("POST", f"/webhook/set/{quote(name, safe='')}", {"webhook": {"enabled": True, **hook}})

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        if not self.is_set:
            raise Problem(404 if method == "GET" else 409, UNSET)
        headers = {"apikey": self._key or ""}
        try:
            status, told = await self._outside.ask(
                method, self._url + path, headers=headers, body=body, within_s=TIMEOUT_S
            )
        except Unreachable as why:
            raise Problem(503, f"the gateway at {self._url} cannot be reached: {why}") from None
        if status >= 300:
            raise _refused(status, told)
        return told


def hook_to(url: str, token: str) -> dict[str, Any]:
    """A webhook's setting that posts to ingest what it understands."""
    headers = {"Authorization": f"Bearer {token}"}
    return {"url": url, "byEvents": False, "base64": False, "headers": headers, "events": [*EVENTS]}


def _moment(text: Any) -> int | None:
    try:
        return round(dt.datetime.fromisoformat(str(text)).timestamp() * 1000)
    except ValueError:
        return None


def _refused(status: int, told: Any) -> Problem:
    said = _sentence(told)
    if status in (401, 403) and "in use" not in said:
        return Problem(503, f"the gateway refuses our key ({status}): check EVOLUTION_API_KEY")
    if status == 403:
        return Problem(409, f"the gateway says: {said}", parameter="name")
    if status == 404:
        return Problem(404, f"the gateway says: {said}", parameter="instance")
    if status == 400:
        return Problem(400, f"the gateway says: {said}")
    return Problem(503, f"the gateway answers {status}: {said or 'nothing more'}")


def _sentence(told: Any) -> str:
    """Its errors say why in a string, in a list, or in a list of lists."""
    response = told.get("response") if isinstance(told, dict) else None
    message = response.get("message") if isinstance(response, dict) else None
    while isinstance(message, list):
        message = message[0] if message else ""
    return str(message or "")[:300]


def _instance(row: dict[str, Any]) -> GatewayInstance:
    number = str(row.get("ownerJid") or "").partition("@")[0] or str(row.get("number") or "")
    gone = row.get("disconnectionReasonCode")
    return GatewayInstance(
        name=str(row.get("name", "")), state=str(row.get("connectionStatus") or ""), number=number,
        profile=str(row.get("profileName") or ""), integration=str(row.get("integration") or ""),
        gone_why=gone if isinstance(gone, int) else None,
    )  # fmt: skip
