"""Who answers a chat? The state that the responder reads, changed together with the fact that tells of it.

A chat's state is forgotten after 90 days without a word. That staff keep the bot quiet in it is not: it stands in a key
of its own, which expires with its end, and without one not at all.
"""

from typing import Any

import redis.asyncio as aioredis
from msgspec.structs import replace

from admin.http.problems import Problem
from admin.steering.act import Act, Steering
from admin.steering.pauses import FOREVER_MS, paused_until
from admin.steering.telling import Telling
from admin.views.model import Conversation
from shared.events import BotPaused, BotResumed, HandoffEnded, HandoffTaken
from shared.events.spelling import written_ways
from shared.service import Platform
from shared.streams import keys
from shared.streams.log import CHAT_LIFE_MS


class Chats:
    """Takes chats from the bot and gives them back."""

    def __init__(self, platform: Platform) -> None:
        self._redis: aioredis.Redis = platform.redis
        self._steering = Steering(platform)
        self._telling = Telling(platform.clock)
        self._clock = platform.clock

    async def require(self, instance: str, chat: str) -> None:
        """Raises Problem 404 unless somebody wrote from there, or was written to."""
        ways = written_ways(chat)
        known: Any = self._redis.smismember(keys.contacts(instance), list(ways))
        if any(await known):
            return
        if not await self._redis.exists(*(keys.chat(instance, way) for way in ways)):
            detail = f"nobody wrote from {chat} yet; to write to somebody new, POST /admin/messages"
            raise Problem(404, detail, parameter="chat")

    async def all_paused(self, instance: str) -> bool:
        """Whether the bot is quiet on the whole instance now."""
        return await paused_until(self._redis, instance, self._clock.now_ms()) is not None

    async def as_held(self, found: Conversation) -> Conversation:
        """A conversation with what services act on, which outlives what the log, and so the views, still tell."""
        held: Any = await self._redis.hgetall(keys.held(found.instance, found.chat))
        by, until = held.get(b"taken_by", b"").decode(errors="replace"), held.get(b"paused_until", b"")
        ends = int(until) if until.isdigit() else 0
        if by:
            found = replace(found, status="taken", taken_by=by)
        elif ends > self._clock.now_ms():
            found = replace(found, status="paused", paused_until=None if ends == FOREVER_MS else ends)
        return replace(found, all_paused=await self.all_paused(found.instance))

    async def take(self, instance: str, chat: str, who: str, *, force: bool) -> None:
        """`who` answers here now. Raises Problem 409 when somebody else does, unless forced."""
        act, held = Act(instance), keys.held(instance, chat)
        if not force:
            act.unless(held, "taken_by", who)
        act.put(held, {"paused_until": FOREVER_MS, "taken_by": who}).life(held, 0)
        act.fact(self._telling.fact(HandoffTaken, instance, chat, by=who))
        if await self._steering.do(act):
            raise await self._taken(instance, chat, "add `force` to take it from them")

    async def give_back(self, instance: str, chat: str, who: str) -> None:
        """The bot answers here again, whatever kept it quiet."""
        act = self._quiet_no_more(Act(instance), chat)
        act.fact(self._telling.fact(HandoffEnded, instance, chat, by=who))
        await self._steering.do(act)

    async def pause(self, instance: str, chat: str, who: str, until: int | None, why: str) -> None:
        """The bot is quiet here. Raises Problem 409 when a person has taken the chat."""
        act, held = Act(instance), keys.held(instance, chat)
        life = max(1, until - self._clock.now_ms()) if until else 0
        act.when(held, "taken_by", "").put(held, {"paused_until": until or FOREVER_MS}).life(held, life)
        act.fact(self._telling.fact(BotPaused, instance, chat, by=who, until=until, why=why))
        if await self._steering.do(act):
            raise await self._taken(instance, chat, "the bot is quiet until it is given back")

    async def resume(self, instance: str, chat: str, who: str) -> None:
        """The bot answers here again. Raises Problem 409 when a person has taken the chat."""
        act = self._quiet_no_more(Act(instance).when(keys.held(instance, chat), "taken_by", ""), chat)
        act.fact(self._telling.fact(BotResumed, instance, chat, by=who))
        if await self._steering.do(act):
            raise await self._taken(instance, chat, "give it back instead")

    async def staff_speaks(self, instance: str, chat: str) -> None:
        """A person writes here: the bot is quiet for a while, as when they write on their own phone."""
        spoke = keys.staff_spoke(instance, chat)
        await self._steering.do(Act(instance).text(spoke, self._clock.now_ms()).life(spoke, CHAT_LIFE_MS))

    @staticmethod
    def _quiet_no_more(act: Act, chat: str) -> Act:
        """Whatever kept the bot quiet here ends, a person's own message too."""
        act.drop(keys.held(act.instance, chat), "taken_by", "paused_until")
        act.text(keys.staff_spoke(act.instance, chat), "")
        for way in written_ways(chat):  # where it stood before
            act.drop(keys.chat(act.instance, way), "staff_at")
        return act

    async def _taken(self, instance: str, chat: str, advice: str) -> Problem:
        found: Any = await self._redis.hget(keys.held(instance, chat), "taken_by")
        by = (found or b"somebody").decode(errors="replace")
        return Problem(409, f"{by} has taken this chat; {advice}", taken_by=by)
