"""What do the views say? Read from Redis, from the version that serves; `Views` says what is asked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from redis.exceptions import ResponseError

from admin.http.pages import Page, cursor_of, parts_of
from admin.views import lists
from admin.views.changes import Changes
from admin.views.figures import COUNTED, day_of, fields_of, number_of
from admin.views.folding.names import kept
from admin.views.folding.state import ChatState, chat_of, connection_of, message_of
from admin.views.model import Connection, Conversation, Day, Figures, Lag, Message, Status, Story
from admin.views.projecting.head import read_head
from admin.views.search import Search
from admin.views.storytelling import Telling
from shared.clock import Clock
from shared.streams import keys
from shared.streams.scripts import Scripts

STATUSES: tuple[Status, ...] = ("bot", "wanted", "taken", "paused")
MOST_LAPSED = 1_000
MOST_DAYS = 400


class Store:
    """The views in Redis; it is a `Views`."""

    def __init__(self, scripts: Scripts, clock: Clock) -> None:
        self._scripts = scripts
        self._clock = clock
        self._changes = Changes(scripts)
        self._telling = Telling(scripts)

    # ── chats ──────────────────────────────────────────────────────────────────────────────────────────────────────
    async def conversations(
        self, instance: str, *, status: Status | None = None, find: str = "", cursor: str = "", limit: int = 50
    ) -> Page[Conversation]:
        """Chats, the newest word first; of those that want a person the urgent ones, then the longest waiting."""
        version = await self._version(instance)
        if find.strip():
            found = await Search(self._scripts, instance, version).find(find)
            shown = {state.chat: state for state in found if status in (None, self._status(state))}
            ranked = sorted(((chat, state.rank(status)) for chat, state in shown.items()), key=_order, reverse=True)
            rows, states = lists.behind(ranked, cursor), dict[str, ChatState | None](shown)
        else:
            rows = await self._rows(instance, version, status, cursor, limit + 1)
            states = await self._chats(instance, version, [chat for chat, _ in rows])
        now = self._clock.now_ms()
        items = [state.shown(instance, now) for chat, _ in rows[:limit] if (state := states[chat]) is not None]
        return Page(items=items, next=lists.next_of(rows, limit))

    async def _rows(
        self, instance: str, version: int, status: Status | None, cursor: str, most: int
    ) -> list[lists.Row]:
        """A pause that is over changes the status of its chat, and no fact tells: that is put right here."""
        key = keys.view(instance, version, status or "recent")
        if status not in ("bot", "paused"):
            return await lists.newest(self._scripts, key, cursor, most)
        lapsed = await self._lapsed(instance, version)
        if status == "paused":
            rows = await lists.newest(self._scripts, key, cursor, most + len(lapsed))
            return [row for row in rows if row[0] not in lapsed][:most]
        rows = await lists.newest(self._scripts, key, cursor, most)
        told = lists.behind(sorted(lapsed.items(), key=_order, reverse=True), cursor)
        return sorted([*rows, *told], key=_order, reverse=True)[:most]

    async def _lapsed(self, instance: str, version: int) -> dict[str, int]:
        """Chats whose pause is over, with the time of their newest message."""
        key, now = keys.view(instance, version, "lapses"), self._clock.now_ms()
        over = await self._scripts.call("ZRANGE", key, "-inf", now, "BYSCORE", "LIMIT", 0, MOST_LAPSED)
        chats = [chat.decode(errors="replace") for chat in over]
        if not chats:
            return {}
        times = await self._scripts.call("ZMSCORE", keys.view(instance, version, "recent"), *chats)
        return {chat: int(float(at)) for chat, at in zip(chats, times, strict=True) if at is not None}

    async def conversation(self, instance: str, chat: str) -> Conversation | None:
        """One chat, by its number in any spelling."""
        version, name = await self._version(instance), kept(chat)
        state = (await self._chats(instance, version, [name]))[name]
        return state.shown(instance, self._clock.now_ms()) if state else None

    async def counts(self, instance: str) -> dict[Status, int]:
        """How many chats have each status."""
        version = await self._version(instance)
        sizes = [self._scripts.call("ZCARD", keys.view(instance, version, status)) for status in STATUSES]
        over = self._scripts.call("ZCOUNT", keys.view(instance, version, "lapses"), "-inf", self._clock.now_ms())
        lapsed, *found = await asyncio.gather(over, *sizes)
        return _statuses(found, lapsed)

    # ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────
    async def messages(self, instance: str, chat: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        """What was said in a chat, the newest first."""
        version, chat = await self._version(instance), kept(chat)
        top = f"({parts_of(cursor, 1)[0]}" if cursor else f"[{chat} \x7f"
        if cursor and not top.startswith(f"({chat} "):
            parts_of("", 1)
        key = keys.view(instance, version, "timeline")
        found = await self._scripts.call("ZRANGE", key, top, f"[{chat} ", "BYLEX", "REV", "LIMIT", 0, limit + 1)
        lines = [line.decode(errors="replace") for line in found]
        items = await self._messages(instance, version, [line.rpartition(" ")[2] for line in lines[:limit]])
        return Page(items=items, next=cursor_of(lines[limit - 1]) if len(lines) > limit else None)

    async def message(self, instance: str, id_: str) -> Message | None:
        """One message, by the id of its `message.received` or `send.requested`."""
        state = await self._telling.message(instance, await self._version(instance), id_)
        return state.shown() if state and state.listed else None

    async def scheduled(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        """What waits for its time, the soonest first."""
        version = await self._version(instance)
        rows = await lists.soonest(self._scripts, keys.view(instance, version, "scheduled"), cursor, limit + 1)
        items = await self._messages(instance, version, [id_ for id_, _ in rows[:limit]])
        return Page(items=items, next=lists.next_of(rows, limit))

    async def failed(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        """What failed for good, or was too late, the newest failure first."""
        version = await self._version(instance)
        rows = await lists.newest(self._scripts, keys.view(instance, version, "failed"), cursor, limit + 1)
        items = await self._messages(instance, version, [id_ for id_, _ in rows[:limit]])
        return Page(items=items, next=lists.next_of(rows, limit))

    async def story(self, instance: str, id_: str) -> Story | None:
        """By the story's id, or the id of a message, a send or WhatsApp's own."""
        return await self._telling.story(instance, await self._version(instance), id_)

    # ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def days(self, instance: str, since: str, until: str) -> Sequence[Day]:
        """Figures of the days `since` to `until`, at the most 400, the oldest first. Raises ValueError."""
        first, last = number_of(since), number_of(until)
        numbers = range(max(first, last - MOST_DAYS + 1), last + 1)
        fields = [field for number in numbers for field in fields_of(number)]
        if not fields:
            return []
        version = await self._version(instance)
        found = await self._scripts.call("HMGET", keys.view(instance, version, "days"), *fields)
        counts = {field: int(value) for field, value in zip(fields, found, strict=True) if value is not None}
        return [day_of(instance, number, counts) for number in numbers]

    async def figures(self, asked: Sequence[tuple[str, int]], day: str) -> list[Figures]:
        """Of many instances, each with the version that serves: their chats by status, and this day's figures."""
        number = number_of(day)
        args = (self._clock.now_ms(), number, *COUNTED)
        parts = ("days", "lapses", *STATUSES)
        calls = [([keys.view(instance, version, part) for part in parts], args) for instance, version in asked]
        replies = await self._scripts.run_each("figures", calls)
        return [_figures(name, number, reply) for (name, _), reply in zip(asked, replies, strict=True)]

    async def connection(self, instance: str) -> Connection:
        """What the gateway last said of it."""
        version = await self._version(instance)
        data = await self._scripts.call("HGET", keys.view_head(instance), f"{version}:connection")
        return connection_of(data).shown(instance) if data else Connection(instance=instance)

    async def lag(self, instance: str) -> Lag:
        """How far the views are."""
        head, about = await asyncio.gather(read_head(self._scripts, instance), self._log(instance))
        version, position = head.version, head.position(head.version)
        at_end = about.get("last-generated-id", "0-0") == position
        behind = int(about.get("entries-added", 0)) - head.read(version) - head.skew(version)
        return Lag(
            instance=instance, version=version, position=position, behind=0 if at_end else max(0, behind),
            missed=head.number(f"{version}:missed"),
            rebuilding=bool(head.building), rebuilt=head.read(head.building) if head.building else 0,
        )  # fmt: skip

    def changes(self, instance: str) -> AsyncIterator[str]:
        """The chat of every change from now on; `` when it is of no chat."""
        return self._changes.of(instance)

    # ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _version(self, instance: str) -> int:
        return int(await self._scripts.call("HGET", keys.view_head(instance), "version") or 0)

    async def _messages(self, instance: str, version: int, ids: Sequence[str]) -> list[Message]:
        if not ids:
            return []
        found = await self._scripts.call("HMGET", keys.view(instance, version, "messages"), *ids)
        return [message_of(data).shown() for data in found if data is not None]

    async def _chats(self, instance: str, version: int, chats: Sequence[str]) -> dict[str, ChatState | None]:
        if not chats:
            return {}
        found = await self._scripts.call("HMGET", keys.view(instance, version, "chats"), *chats)
        return {chat: chat_of(data) if data else None for chat, data in zip(chats, found, strict=True)}

    def _status(self, state: ChatState) -> Status:
        return "bot" if state.lapsed(self._clock.now_ms()) else state.status

    async def _log(self, instance: str) -> dict[str, str]:
        """XINFO STREAM of the log, as text; nothing when there is none."""
        log = keys.events(instance)
        if not await self._scripts.call("EXISTS", log):
            return {}
        reply: Any = await self._scripts.call("XINFO", "STREAM", log)
        pairs = reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2], strict=False)
        return {_text(name): _text(value) for name, value in pairs}


def _statuses(sizes: Sequence[Any], lapsed: Any) -> dict[Status, int]:
    """Chats by status; a pause that is over is none."""
    counts = dict(zip(STATUSES, map(int, sizes), strict=True))
    counts["paused"] -= int(lapsed)
    counts["bot"] += int(lapsed)
    return counts


def _figures(instance: str, number: int, reply: Any) -> Figures:
    if isinstance(reply, ResponseError):
        return Figures(trouble=str(reply))
    lapsed, *sizes, counted = reply
    counts = {_text(name): int(value) for name, value in zip(counted[::2], counted[1::2], strict=True)}
    return Figures(dict(_statuses(sizes, lapsed).items()), day_of(instance, number, counts) if counts else None)


def _order(row: lists.Row) -> tuple[int, str]:
    return row[1], row[0]


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
