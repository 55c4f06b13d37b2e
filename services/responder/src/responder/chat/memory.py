"""Where is a chat's state, and who else writes into it?"""

import asyncio
from dataclasses import dataclass

from msgspec.structs import replace

from responder.chat.state import ChatState, load_state, number
from responder.uploads import pairs
from shared.streams import keys
from shared.streams.scripts import Scripts


@dataclass(frozen=True)
class Memory:
    """Reads what is remembered of a chat, with what staff and ingest wrote beside it."""

    scripts: Scripts

    async def of(self, instance: str, chat: str) -> ChatState:
        """The chat's state now. Raises RedisError."""
        own, bot, held, vip, interrupted = await asyncio.gather(
            self.scripts.call("HGETALL", keys.chat(instance, chat)),
            self.scripts.call("HGETALL", keys.bot(instance)),
            self.scripts.call("HGETALL", keys.held(instance, chat)),
            self.scripts.call("HGET", keys.contact(instance, chat), "vip"),  # it outlives the chat's own state
            self.scripts.call("GET", keys.interrupted(instance, chat)),
        )
        state = replace(load_state(pairs(own), pairs(bot), pairs(held)), interrupted_at=number(interrupted))
        return replace(state, vip=True) if vip == b"1" else state
