"""How is a chat found among a hundred thousand? Names and numbers by an index, last words in the newest chats alone.

The index is a sorted set by letter, so that the beginning of a word is a range of it. The longest word that is asked
for picks at most `MOST_NAMED` chats; the last words are looked at in the `MOST_READ` chats with the newest messages.
"""

import asyncio
from collections.abc import Sequence

from admin.views.finding import matches, wanted
from admin.views.folding.state import ChatState, chat_of
from shared.streams import keys
from shared.streams.scripts import Scripts

MOST_NAMED = 1_000
MOST_READ = 2_000
AT_ONCE = 500


class Search:
    """Finds chats of one instance in one version of its views."""

    def __init__(self, scripts: Scripts, instance: str, version: int) -> None:
        self._scripts = scripts
        self._key = {part: keys.view(instance, version, part) for part in ("names", "recent", "chats")}

    async def find(self, text: str) -> list[ChatState]:
        """The chats that match every word of `text`, in no order."""
        asked = wanted(text)
        if not asked:
            return []
        recent = await self._scripts.call("ZRANGE", self._key["recent"], 0, MOST_READ - 1, "REV")
        names = dict.fromkeys([*await self._named(max(asked, key=len)), *recent])
        states = await self._states(list(names))
        return [state for state in states if matches(asked, state.chat, state.name, state.last_text)]

    async def _named(self, word: str) -> list[bytes]:
        low, high = f"[{word}", b"[" + word.encode() + b"\xff"
        found = await self._scripts.call("ZRANGE", self._key["names"], low, high, "BYLEX", "LIMIT", 0, MOST_NAMED)
        return [member.rpartition(b" ")[2] for member in found]

    async def _states(self, chats: Sequence[bytes]) -> list[ChatState]:
        pieces = [chats[start : start + AT_ONCE] for start in range(0, len(chats), AT_ONCE)]
        replies = await asyncio.gather(*(self._scripts.call("HMGET", self._key["chats"], *some) for some in pieces))
        return [chat_of(data) for reply in replies for data in reply if data is not None]
