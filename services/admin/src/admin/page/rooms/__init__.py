"""Which pages are there? One module each: what it shows, and what can be done on it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from admin.http.endpoint import Endpoint
from admin.page.rooms.audit import Audit
from admin.page.rooms.broadcasts import Broadcasts
from admin.page.rooms.chats import Chats
from admin.page.rooms.dead_letters import DeadLetters
from admin.page.rooms.instances import Instances
from admin.page.rooms.knowledge import Knowledge
from admin.page.rooms.overview import Overview
from admin.page.rooms.privacy import Privacy
from admin.page.rooms.queues import Queues
from admin.page.rooms.schedule import Schedule
from admin.page.rooms.settings import Settings
from admin.page.rooms.templates import Templates
from admin.page.screens import Means


class Room(Protocol):
    """A page, with the pages below it."""

    endpoints: list[Endpoint]


ROOMS: Sequence[Callable[[Means], Room]] = (
    Overview, Chats, Schedule, Broadcasts, Templates, Knowledge, DeadLetters, Instances, Queues, Audit,
    Settings, Privacy,
)  # fmt: skip
