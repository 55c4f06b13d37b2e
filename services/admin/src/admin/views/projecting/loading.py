"""What is read of Redis: the next facts, and what must be known to fold them, kept for the batches behind."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from admin.views.folding.needs import Needs
from admin.views.folding.state import chat_of, message_of
from admin.views.folding.working import Working
from admin.views.projecting.reading import Batch, read_batch
from shared.streams import keys
from shared.streams.scripts import Scripts

MOST_KEPT = 20_000  # states, of about half a kilobyte each


class Loader:
    """Brings facts, and states of one version, from Redis."""

    def __init__(self, scripts: Scripts, instance: str, version: int) -> None:
        self.instance = instance
        self.version = version
        self._scripts = scripts
        self._keys = {part: keys.view(instance, version, part) for part in keys.VIEW_PARTS}

    async def read(self, after: str, most: int) -> tuple[Batch, str, int]:
        """The facts behind the entry `after`, the last entry that was read, and how many there were."""
        return await read_batch(self._scripts, self.instance, after, most)

    async def load(self, working: Working, wanted: Needs) -> None:
        """Put what a batch needs, and `working` has not, into it."""
        await self._fetch("ids", wanted.aliases, working.aliases, bytes.decode)
        ids = wanted.messages | {working.aliases[a] for a in wanted.aliases if working.aliases.get(a)}
        await self._fetch("messages", ids, working.messages, message_of)
        known = [state for id_ in ids if (state := working.messages.get(id_)) is not None]
        chats = wanted.chats | {state.chat for state in known if state.chat}
        told = {state.story for state in known if state.story and state.message_id in wanted.aliases}
        await asyncio.gather(
            self._fetch("chats", chats, working.chats, chat_of),
            self._fetch("stories", wanted.stories | told, working.stories, bytes.decode),
        )

    async def _fetch(
        self, part: str, names: Iterable[str], into: dict[str, Any], parse: Callable[[bytes], Any]
    ) -> None:
        missing = [name for name in names if name not in into]
        if not missing:
            return
        nothing = "" if part in ("ids", "stories") else None
        for name, data in zip(missing, await self._scripts.call("HMGET", self._keys[part], *missing), strict=True):
            if name not in into:  # else it was folded meanwhile, and is newer
                into[name] = nothing if data is None else parse(data)


def keep_few(working: Working) -> None:
    """Forget states, if there are many. All that was folded must be written."""
    for kept in (working.messages, working.chats, working.stories, working.aliases):
        if len(kept) > MOST_KEPT:
            kept.clear()
