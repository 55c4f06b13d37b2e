"""What do the views tell while nothing folds the log? That they hold nothing."""

from collections.abc import AsyncIterator, Sequence

from admin.http.pages import Page
from admin.views.model import Connection, Conversation, Day, Lag, Message, Status, Story


class Unfolded:
    """Views without a store."""

    async def conversations(
        self, instance: str, *, status: Status | None = None, find: str = "", cursor: str = "", limit: int = 50
    ) -> Page[Conversation]:
        return Page(items=[])

    async def conversation(self, instance: str, chat: str) -> Conversation | None:
        return None

    async def messages(self, instance: str, chat: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        return Page(items=[])

    async def message(self, instance: str, id_: str) -> Message | None:
        return None

    async def story(self, instance: str, id_: str) -> Story | None:
        return None

    async def scheduled(self, instance: str, *, cursor: str = "", limit: int = 50) -> Page[Message]:
        return Page(items=[])

    async def days(self, instance: str, since: str, until: str) -> Sequence[Day]:
        return []

    async def counts(self, instance: str) -> dict[Status, int]:
        return {}

    async def connection(self, instance: str) -> Connection:
        return Connection(instance=instance)

    async def lag(self, instance: str) -> Lag:
        return Lag(instance=instance, version=0, position="", behind=0)

    async def changes(self, instance: str) -> AsyncIterator[str]:
        if instance is None:
            yield ""
