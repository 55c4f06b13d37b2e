"""What became of a message, what waits for its time, and what failed for good?"""

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint
from admin.http.pages import Page
from admin.http.problems import Problem
from admin.instances import Instances
from admin.steering.asking import InstanceName, ListOfInstance
from admin.views.model import Message, Story
from admin.views.views import Views

ID_MAX = 100


class OneMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message: by its id, its send's, its story's, or WhatsApp's own."""

    instance: InstanceName
    id: str


class Stories:
    """Tells of messages."""

    def __init__(self, instances: Instances, views: Views) -> None:
        self._instances, self._views = instances, views
        self.endpoints = [
            Endpoint("GET", "/admin/messages/scheduled", Role.VIEWER, self.scheduled, "messages"),
            Endpoint("GET", "/admin/messages/failed", Role.VIEWER, self.failed, "messages"),
            Endpoint("GET", "/admin/messages/{id}/story", Role.VIEWER, self.story, "messages"),
        ]

    async def scheduled(self, asked: Asked[ListOfInstance, None]) -> Page[Message]:
        """What waits for its time, the soonest first."""
        q = asked.query
        return await self._views.scheduled(await self._instances.require(q.instance), cursor=q.cursor, limit=q.limit)

    async def failed(self, asked: Asked[ListOfInstance, None]) -> Page[Message]:
        """What failed for good, such as a number without WhatsApp, or was too late; the newest failure first."""
        q = asked.query
        return await self._views.failed(await self._instances.require(q.instance), cursor=q.cursor, limit=q.limit)

    async def story(self, asked: Asked[OneMessage, None]) -> Story:
        """Everything that happened to a message, from the first fact to the last."""
        q = asked.query
        found = await self._views.story(await self._instances.require(q.instance), q.id) if len(q.id) < ID_MAX else None
        if found is None:
            raise Problem(404, f"{q.instance!r} knows no message {q.id[:ID_MAX]!r}", parameter="id")
        return found
