"""Who wants a person, at whichever number? The calls of all instances in one list, read from those that have any."""

import asyncio
from collections.abc import Sequence

from admin.http.pages import Page, cursor_of, parts_of
from admin.views.folding.names import kept
from admin.views.folding.state import rank_of_call
from admin.views.model import Conversation
from admin.views.views import Views

AT_ONCE = 50  # instances
BEHIND_ALL = "\U0010ffff"
Place = tuple[int, str, str]
"""Of a call among all: its rank, its instance, its chat; the highest comes first."""


async def calls(
    views: Views, instances: Sequence[str], *, find: str = "", cursor: str = "", limit: int = 50
) -> Page[Conversation]:
    """The chats of these instances that want a person: the urgent ones first, then the longest waiting."""
    after = _after(cursor)
    found: list[Conversation] = []
    for start in range(0, len(instances), AT_ONCE):
        asked = (
            views.conversations(one, status="wanted", find=find, cursor=_cursor(one, after), limit=limit + 1)
            for one in instances[start : start + AT_ONCE]
        )
        found += [item for page in await asyncio.gather(*asked) for item in page.items]
        found = sorted(found, key=_place, reverse=True)[: limit + 1]
    return Page(items=found[:limit], next=cursor_of(*_place(found[limit - 1])) if len(found) > limit else None)


def _place(one: Conversation) -> Place:
    return rank_of_call(one.urgent, one.wanted_at or 0), one.instance, kept(one.chat)


def _after(cursor: str) -> Place | None:
    if not cursor:
        return None
    rank, instance, chat = parts_of(cursor, 3)
    return (int(rank), instance, chat) if rank.isdigit() else _after(cursor_of())


def _cursor(instance: str, after: Place | None) -> str:
    """Where one instance's list goes on behind a place in the list of all."""
    if after is None:
        return ""
    rank, told, chat = after
    return cursor_of(rank, chat if instance == told else BEHIND_ALL if instance < told else "")
