"""Who did what? The audit facts of an instance's log, and those that name whose doing they were; the newest first."""

from typing import Any

import msgspec
import redis.asyncio as aioredis

from admin.access.audit import Audit
from admin.http.pages import Page, cursor_of, parts_of
from admin.steering.entries import check_entry_id
from shared.errors import Undecodable
from shared.events import AdminActed, AnyEvent, decode
from shared.streams import keys

BATCH = 1_000
LOOKED_AT_MOST = 20_000  # facts a question goes through, some 50 ms; then the page ends early, with its cursor
_NAMING = (b"\xa5actor", b"\xa2by")  # the fields' names as MessagePack writes them


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did."""

    id: str
    at: int
    who: str
    action: str
    """What they did: an operation's name, or the fact's."""
    instance: str = ""
    chat: str = ""
    reason: str = ""
    touched: int | None = None
    """How many entries it concerned."""
    detail: dict[str, str] = {}


class Acts:
    """Reads who did what."""

    def __init__(self, client: aioredis.Redis, audit: Audit) -> None:
        self._client, self._audit = client, audit

    async def page(self, instance: str, cursor: str, limit: int) -> Page[AuditLine]:
        """Of one instance; with none, what is of no instance: tokens, logins, the clinics' texts."""
        before = check_entry_id(parts_of(cursor, 1)[0], "cursor") if cursor else "+"
        found, last = await (self._of_log(instance, before, limit) if instance else self._of_none(before, limit))
        return Page(items=found, next=cursor_of(last) if last else None)

    async def _of_none(self, before: str, limit: int) -> tuple[list[AuditLine], str | None]:
        found = await self._audit.read(before, limit)
        lines = [line for _, fact in found if (line := _line(fact)) is not None]
        return lines, found[-1][0] if len(found) == limit else None

    async def _of_log(self, instance: str, before: str, limit: int) -> tuple[list[AuditLine], str | None]:
        lines: list[AuditLine] = []
        until = before if before == "+" else f"({before}"
        for _ in range(LOOKED_AT_MOST // BATCH):
            entries: Any = await self._client.xrevrange(keys.events(instance), until, "-", count=BATCH)
            for id_, fields in entries:
                until = f"({id_.decode()}"
                if line := _read(fields.get(b"e", b"")):
                    lines.append(line)
                    if len(lines) == limit:
                        return lines, id_.decode()
            if len(entries) < BATCH:
                return lines, None
        return lines, until.removeprefix("(")


def _read(data: bytes) -> AuditLine | None:
    if not any(name in data for name in _NAMING):
        return None
    try:
        return _line(decode(data))
    except Undecodable:
        return None


def _line(event: AnyEvent) -> AuditLine | None:
    if isinstance(event, AdminActed):
        return AuditLine(
            id=event.id, at=event.recorded_at, who=event.actor, action=event.action, instance=event.instance,
            chat=event.chat, reason=event.reason, touched=event.touched, detail=event.detail,
        )  # fmt: skip
    who = str(getattr(event, "by", ""))
    if not who:
        return None
    reason = str(getattr(event, "why", "") or getattr(event, "reason", ""))
    return AuditLine(
        id=event.id, at=event.recorded_at, who=who, action=str(event.__struct_config__.tag),
        instance=event.instance, chat=event.chat, reason=reason,
    )  # fmt: skip
