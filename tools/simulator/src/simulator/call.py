"""What is a call to the gateway, and what may it bring about?

An act checks its body as the real gateway does, in the same order, and answers. `Effects` lets a fault take parts of
a success away: the arrival on the phone, the `send.message` webhook, the acknowledgements, the row in the database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .instance import Instance
from .recorded import Json, dumps
from .world import World


@dataclass(frozen=True, slots=True)
class Effects:
    arrives: bool = True
    echo: bool = True
    acks: tuple[str, ...] = ("SERVER_ACK", "DELIVERY_ACK", "READ")
    stored: bool = True


ALL = Effects()


@dataclass(slots=True)
class Reply:
    status: int
    text: str  # the JSON, as sent


@dataclass(slots=True)
class Call:
    world: World
    instance: Instance
    name: str
    body: Json
    started_at: float
    uploaded: bool = False

    @property
    def number(self) -> str:
        """Whom it is about, as the caller wrote it."""
        body = self.body
        if self.name == "markMessageAsRead":
            first = (body.get("readMessages") or [{}])[0]
            return str(first.get("remoteJid", "")) if isinstance(first, dict) else ""
        where = body.get("where")
        about = body.get("key") if self.name == "sendReaction" else isinstance(where, dict) and where.get("key")
        return str(about.get("remoteJid", "")) if isinstance(about, dict) else str(body.get("number", ""))


Act = Callable[[Call, Effects], Awaitable[Reply]]


def reply(status: int, body: Any) -> Reply:
    return Reply(status, dumps(body))
