"""What do others ask the views? The one way in; `admin.views.store` answers it from Redis."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from admin.http.pages import Page
from admin.views.model import Connection, Conversation, Day, Figures, Lag, Message, Status, Story


class Views(Protocol):
    """What the log comes to. Every list is newest first, and of one instance."""

    async def conversations(
        self, instance: str, *, status: Status | None = None, find: str = "", cursor: str = "", limit: int = 50
    ) -> Page[Conversation]:
        """Chats, the newest word first; of those that want a person, the urgent ones, then the longest waiting.

        `find` looks in names, numbers and last words.
        """
        ...

    async def conversation(self, instance: str, chat: str) -> Conversation | None: ...

    async def messages(self, instance: str, chat: str, *, cursor: str = "", limit: int = 50) -> Page[Message]: ...

    async def message(self, instance: str, id_: str) -> Message | None:
        """One message, by the id of its `message.received` or `send.requested`."""
        ...

    async def story(self, instance: str, id_: str) -> Story | None:
        """By the story's id, or the id of a message, a send or WhatsApp's own."""
        ...

    async def scheduled(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        """What waits for its time, the soonest first."""
        ...

    async def failed(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        """What failed for good, or was too late, the newest failure first."""
        ...

    async def days(self, instance: str, since: str, until: str) -> Sequence[Day]:
        """Figures of the days `since` to `until` (YYYY-MM-DD, both included), the oldest first."""
        ...

    async def figures(self, asked: Sequence[tuple[str, int]], day: str) -> list[Figures]:
        """Of many instances, each with the version of its views that serves, in a few round trips."""
        ...

    async def counts(self, instance: str) -> dict[Status, int]:
        """How many chats have each status."""
        ...

    async def connection(self, instance: str) -> Connection: ...

    async def lag(self, instance: str) -> Lag: ...

    def changes(self, instance: str) -> AsyncIterator[str]:
        """The chat of every change from now on, as it is folded in; for live pages. `` when it is of no chat."""
        ...
