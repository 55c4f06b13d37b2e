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
        contact = (keys.contact(instance, chat), *keys.contact_by_spelling(instance, chat))
        own, bot, held, spoke, interrupted, *vip = await asyncio.gather(
            self.scripts.call("HGETALL", keys.chat(instance, chat)),
            self.scripts.call("HGETALL", keys.bot(instance)),
            self.scripts.call("HGETALL", keys.held(instance, chat)),
            self.scripts.call("GET", keys.staff_spoke(instance, chat)),
            self.scripts.call("GET", keys.interrupted(instance, chat)),
            *(self.scripts.call("HGET", key, "vip") for key in contact),
        )
        state = load_state(pairs(own), pairs(bot), pairs(held))
        return replace(
            state, staff_at=max(state.staff_at, number(spoke)), interrupted_at=number(interrupted),
            vip=state.vip or b"1" in vip,
        )  # fmt: skip
