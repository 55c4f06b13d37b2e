"""Who answers a chat? The state that the responder reads, changed together with the fact that tells of it."""

from typing import Any

import redis.asyncio as aioredis

from admin.http.problems import Problem
from admin.steering.act import Act, Steering
from admin.steering.telling import Telling
from shared.events import BotPaused, BotResumed, HandoffEnded, HandoffTaken
from shared.service import Platform
from shared.streams import keys
from shared.streams.log import CHAT_LIFE_MS

FOREVER_MS = 9_999_999_999_999  # the year 2286: a pause without an end, as services compare it
_QUIET = ("paused_until", "staff_at")
"""What keeps the bot quiet in a chat; both end when the chat is given back to it."""


class Chats:
    """Takes chats from the bot and gives them back."""

    def __init__(self, platform: Platform) -> None:
        self._redis: aioredis.Redis = platform.redis
        self._steering = Steering(platform)
        self._telling = Telling(platform.clock)
        self._clock = platform.clock

    async def require(self, instance: str, chat: str) -> None:
        """Raises Problem 404 unless somebody wrote from there, or was written to."""
        if await self._redis.sismember(keys.contacts(instance), chat):
            return
        if not await self._redis.exists(keys.chat(instance, chat)):
            detail = f"nobody wrote from {chat} yet; to write to somebody new, POST /admin/messages"
            raise Problem(404, detail, parameter="chat")

    async def all_paused(self, instance: str) -> bool:
        """Whether the bot is quiet on the whole instance now."""
        found: Any = await self._redis.hget(keys.bot(instance), "paused_until")
        return bool(found) and found.isdigit() and int(found) > self._clock.now_ms()

    async def take(self, instance: str, chat: str, who: str, *, force: bool) -> None:
        """`who` answers here now. Raises Problem 409 when somebody else does, unless forced."""
        act, state = Act(instance), keys.chat(instance, chat)
        if not force:
            act.unless(state, "taken_by", who)
        act.put(state, {"paused_until": FOREVER_MS, "taken_by": who}).life(state, CHAT_LIFE_MS)
        act.fact(self._telling.fact(HandoffTaken, instance, chat, by=who))
        if await self._steering.do(act):
            raise await self._taken(instance, chat, "add `force` to take it from them")

    async def give_back(self, instance: str, chat: str, who: str) -> None:
        """The bot answers here again, whatever kept it quiet."""
        act, state = Act(instance), keys.chat(instance, chat)
        act.drop(state, "taken_by", *_QUIET).fact(self._telling.fact(HandoffEnded, instance, chat, by=who))
        await self._steering.do(act)

    async def pause(self, instance: str, chat: str, who: str, until: int | None, why: str) -> None:
        """The bot is quiet here. Raises Problem 409 when a person has taken the chat."""
        act, state = Act(instance), keys.chat(instance, chat)
        act.when(state, "taken_by", "").put(state, {"paused_until": until or FOREVER_MS}).life(state, CHAT_LIFE_MS)
        act.fact(self._telling.fact(BotPaused, instance, chat, by=who, until=until, why=why))
        if await self._steering.do(act):
            raise await self._taken(instance, chat, "the bot is quiet until it is given back")

    async def resume(self, instance: str, chat: str, who: str) -> None:
        """The bot answers here again. Raises Problem 409 when a person has taken the chat."""
        act, state = Act(instance), keys.chat(instance, chat)
        act.when(state, "taken_by", "").drop(state, *_QUIET)
        act.fact(self._telling.fact(BotResumed, instance, chat, by=who))
        if await self._steering.do(act):
            raise await self._taken(instance, chat, "give it back instead")

    async def staff_speaks(self, instance: str, chat: str) -> None:
        """A person writes here: the bot is quiet for a while, as when they write on their own phone."""
        state = keys.chat(instance, chat)
        act = Act(instance).put(state, {"staff_at": self._clock.now_ms()}).life(state, CHAT_LIFE_MS)
        await self._steering.do(act)

    async def _taken(self, instance: str, chat: str, advice: str) -> Problem:
        found: Any = await self._redis.hget(keys.chat(instance, chat), "taken_by")
        by = (found or b"somebody").decode(errors="replace")
        return Problem(409, f"{by} has taken this chat; {advice}", taken_by=by)
