"""What is too old to be kept? Nothing, unless the settings say how many days: then the past goes, once a day.

The log is trimmed by the time of its entries, never beyond what the views hold. Messages as old leave the views, and so
do chats whose newest message is. The figures of the days stay: they name nobody.
"""

import asyncio
from collections.abc import Sequence

from admin.views.finding import tokens
from admin.views.folding.state import ChatState, MessageState, chat_of, message_of
from admin.views.projecting.book import Book
from admin.views.projecting.head import Head
from admin.views.projecting.writing import Operations
from shared.clock import Clock
from shared.streams import keys
from shared.streams.scripts import Scripts
from shared.telemetry import logs

DAY_MS = 86_400_000
TRIM_AT_ONCE = 10_000  # entries: some milliseconds of Redis's time
CHATS_AT_ONCE = 200
LINES_AT_ONCE = 500  # messages of one chat; a chat that has more of them is looked at again

_log = logs.get(__name__)


class Retention:
    """Ages logs and views, for replicas that hold their leases."""

    def __init__(self, scripts: Scripts, clock: Clock, days: int) -> None:
        self._scripts = scripts
        self._clock = clock
        self._days = days
        self._kept: dict[str, int] = {}
        """How many chats of an instance were looked at today, and stay."""

    async def apply(self, instance: str, head: Head, book: Book) -> bool:
        """One step of the day's ageing. False: nothing is left to do today. Raises NotOurs."""
        now = self._clock.now_ms()
        if not self._days or head.number("aged") == now // DAY_MS:
            return False
        cutoff = now - self._days * DAY_MS
        if instance not in self._kept:
            await self._trim(instance, cutoff, book.position)
            self._kept[instance] = 0
        ageing = Ageing(self._scripts, instance, head.version, cutoff)
        kept, ended = await ageing.step(self._kept[instance])
        self._kept[instance] += kept
        if ended:
            del self._kept[instance]
            ageing.operations.add("HSET", "", "aged", now // DAY_MS)
        book.forget()
        await book.write(ageing.operations, book.position, 0)
        return not ended

    async def _trim(self, instance: str, cutoff: int, position: str) -> None:
        oldest = f"{cutoff}-0" if int(position.partition("-")[0]) >= cutoff else position
        log, trimmed = keys.events(instance), 0
        while count := await self._scripts.call("XTRIM", log, "MINID", "~", oldest, "LIMIT", TRIM_AT_ONCE):
            trimmed += int(count)
        trimmed += int(await self._scripts.call("XTRIM", log, "MINID", oldest))
        if trimmed:
            _log.info("log_aged", instance=instance, facts=trimmed, days=self._days)


class Ageing:
    """What has to leave one version of the views, as operations."""

    def __init__(self, scripts: Scripts, instance: str, version: int, cutoff: int) -> None:
        self._scripts = scripts
        self._cutoff = cutoff
        self._keys = {part: keys.view(instance, version, part) for part in keys.VIEW_PARTS}
        self.operations = Operations()

    async def step(self, first: int) -> tuple[int, bool]:
        """Look at the chats behind the first ones, those with the oldest news before the others.

        How many of them are done with and stay, and whether that were all.
        """
        found = await self._scripts.call("ZRANGE", self._keys["recent"], first, first + CHATS_AT_ONCE - 1)
        chats = [chat.decode() for chat in found]
        if not chats:
            return 0, True
        lines = await asyncio.gather(*map(self._lines, chats))
        await self._messages([line for some in lines for line in some])
        full = {chat for chat, some in zip(chats, lines, strict=True) if len(some) == LINES_AT_ONCE}
        states = [chat_of(data) for data in await self._scripts.call("HMGET", self._keys["chats"], *chats) if data]
        for state in states:
            if state.heard_at < self._cutoff and state.chat not in full:
                self._chat(state)
        kept = [state for state in states if state.heard_at >= self._cutoff and state.chat not in full]
        return len(kept), False

    async def _lines(self, chat: str) -> Sequence[bytes]:
        """A chat's messages that are too old, of the timeline."""
        ends = f"[{chat} ", f"({chat} {self._cutoff:014d}"
        found: list[bytes] = await self._scripts.call(
            "ZRANGE", self._keys["timeline"], *ends, "BYLEX", "LIMIT", 0, LINES_AT_ONCE
        )
        return found

    async def _messages(self, lines: Sequence[bytes]) -> None:
        if not lines:
            return
        ids = [line.decode().rpartition(" ")[2] for line in lines]
        found = await self._scripts.call("HMGET", self._keys["messages"], *ids)
        self.operations.add("ZREM", "timeline", *(line.decode() for line in lines))
        self.operations.add("HDEL", "messages", *ids)
        for part in ("queue", "scheduled", "failed"):
            self.operations.add("ZREM", part, *ids)
        for data in found:
            if data is not None:
                self._told(message_of(data))

    def _told(self, state: MessageState) -> None:
        if state.message_id:
            self.operations.add("HDEL", "ids", state.message_id)
        if state.story:
            self.operations.add("HDEL", "stories", state.story)

    def _chat(self, state: ChatState) -> None:
        self.operations.add("HDEL", "chats", state.chat)
        for part in ("recent", state.status, "lapses"):
            self.operations.add("ZREM", part, state.chat)
        self.operations.add("ZREM", "names", *(f"{word} {state.chat}" for word in tokens(state.chat, state.name)))
