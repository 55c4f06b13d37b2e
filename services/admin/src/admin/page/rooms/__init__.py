"""Which pages are there? One module each: what it shows, and what can be done on it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from admin.http.endpoint import Endpoint
from admin.page.rooms.chats import Chats
from admin.page.screens import Means


class Room(Protocol):
    """A page, with the pages below it."""

    endpoints: list[Endpoint]


ROOMS: Sequence[Callable[[Means], Room]] = (Chats,)
