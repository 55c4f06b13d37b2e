"""How does a person leave the log? A copy without their entries is made while traffic flows, and takes its place.

Deleting entries would leave their bytes in the stream's nodes. The copy has the same entry ids, so that every position
in the log stays what it was.
"""

from collections.abc import Awaitable, Callable, Iterable

from admin.privacy.log import Entry, batches
from admin.privacy.names import Person
from shared.errors import NotOurs
from shared.events import AnyEvent, ContactChanged, MessageEdited, MessageReceived
from shared.streams import keys
from shared.streams.scripts import Scripts

LANE = "erasure"
LONG_TEXT = 20  # characters: shorter ones are everybody's
MOST_CANDIDATES, MOST_TEXTS = 100, 50
MOST_SWAPS = 1_000  # each finds only what came within the last millisecond or so


class Texts:
    """What only this person wrote: the longest of it is looked for afterwards."""

    def __init__(self) -> None:
        self._theirs: set[str] = set()

    def theirs(self, entry: Entry) -> None:
        self._theirs.update(_said(entry))

    def others(self, entries: Iterable[Entry]) -> None:
        """Forget those that stand in others' entries as well."""
        wanted = {text.encode(): text for text in sorted(self._theirs, key=len, reverse=True)[:MOST_CANDIDATES]}
        self._theirs = set(wanted.values())
        written = b"\x00".join(entry.data for entry in entries)  # one search a batch, not one an entry
        for data in [data for data in wanted if data in written]:
            self._theirs.discard(wanted.pop(data))

    @property
    def only_theirs(self) -> list[str]:
        return sorted(self._theirs, key=len, reverse=True)[:MOST_TEXTS]


class Rewriting:
    """Takes one person out of one log, under the lane of erasures."""

    def __init__(self, scripts: Scripts, instance: str, fence: int, person: Person) -> None:
        self._scripts = scripts
        self._instance = instance
        self._fence = fence
        self._person = person
        self._names = [
            keys.fence(instance, LANE), keys.events(instance), keys.rewritten(instance, fence),
        ]  # fmt: skip
        self.removed: list[Entry] = []
        self.texts = Texts()
        self.names: set[str] = set()
        """What they are called."""

    async def run(
        self, progress: Callable[[int], Awaitable[None]], marks: Callable[[list[Entry]], Awaitable[None]]
    ) -> None:
        """Rewrite the log. Raises NotOurs when another replica does it by now.

        `marks` removes what is kept under ids of theirs: before the swap, while the log still tells the ids to whoever
        has to begin again.
        """
        await self._scripts.call("UNLINK", self._names[2])
        seen, looked, marked = 0, "0-0", 0
        for _ in range(MOST_SWAPS):
            async for batch in batches(self._scripts, self._instance, looked):
                await self._copy(looked, batch)
                looked, seen = batch[-1].id, seen + len(batch)
                await progress(seen)
            await marks(self.removed[marked:])
            marked = len(self.removed)
            if await self._call("swap_log", looked) == "ok":
                return
        raise TimeoutError("the log grows faster than it can be copied")

    async def forget_others(self) -> None:
        """Go through what is left, for texts that others wrote as well."""
        async for batch in batches(self._scripts, self._instance):
            self.texts.others(batch)

    async def _copy(self, looked: str, batch: list[Entry]) -> None:
        theirs = [entry for entry in batch if self._is_theirs(entry)]
        for entry in theirs:
            self.texts.theirs(entry)
            self.names |= _called(entry.event)
        self.removed += theirs
        await self._call("copy_log", looked, batch[-1].id, *(entry.id for entry in theirs))

    def _is_theirs(self, entry: Entry) -> bool:
        if self._person.named_in(entry.data):
            return True
        told = entry.event if entry.may_be_of(self._person) else None  # the bytes may only look like it
        return told is not None and self._person.has(told)

    async def _call(self, script: str, *args: str) -> str:
        reply = await self._scripts.run(script, self._names, [self._fence, *args])
        word = reply.decode() if isinstance(reply, bytes) else str(reply)
        if word == "fenced":
            raise NotOurs(word)
        return word


def _said(entry: Entry) -> list[str]:
    """What a person wrote, and what they are called."""
    event = entry.event
    if isinstance(event, MessageReceived):
        return [text for text in (event.text, event.sender_name) if len(text) >= LONG_TEXT]
    return [event.text] if isinstance(event, MessageEdited) and len(event.text) >= LONG_TEXT else []


def _called(event: AnyEvent | None) -> set[str]:
    name = event.sender_name if isinstance(event, MessageReceived) else None
    name = event.name if isinstance(event, ContactChanged) else name
    return {name} if name else set()
