"""What became of a message, and what waits for its time?"""

import uuid
from typing import Literal

import msgspec

from admin.access.principal import Role
from admin.http.endpoint import Asked, Endpoint
from admin.http.pages import Page
from admin.http.problems import Problem
from admin.instances import Instances
from admin.messages.cancelling import Cancelled, Canceller
from admin.steering.asking import InstanceName, ListOfInstance, Reason
from admin.views.model import Message, Story
from admin.views.views import Views
from shared.service import Platform

ID_MAX = 100


class OneMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message: by its id, its send's, its story's, or WhatsApp's own."""

    instance: InstanceName
    id: str


class CancelAsked(msgspec.Struct, frozen=True, kw_only=True):
    """One message that waits, and why it is taken back."""

    instance: InstanceName
    id: str
    reason: Reason = ""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is not sent."""

    id: str
    status: Literal["cancelled"] = "cancelled"


class Messages:
    """Looks at messages, and takes them back."""

    def __init__(self, platform: Platform, instances: Instances, views: Views) -> None:
        self._instances, self._views, self._canceller = instances, views, Canceller(platform)
        one = "/admin/messages/{id}"
        self.endpoints = [
            Endpoint("GET", "/admin/messages/scheduled", Role.VIEWER, self.scheduled, "messages"),
            Endpoint("GET", f"{one}/story", Role.VIEWER, self.story, "messages"),
            Endpoint("DELETE", one, Role.STAFF, self.cancel, "messages"),
        ]

    async def scheduled(self, asked: Asked[ListOfInstance, None]) -> Page[Message]:
        """What waits for its time, the soonest first."""
        q = asked.query
        return await self._views.scheduled(await self._instances.require(q.instance), cursor=q.cursor, limit=q.limit)

    async def story(self, asked: Asked[OneMessage, None]) -> Story:
        """Everything that happened to a message, from the first fact to the last."""
        q = asked.query
        found = await self._views.story(await self._instances.require(q.instance), q.id) if len(q.id) < ID_MAX else None
        if found is None:
            raise Problem(404, f"{q.instance!r} knows no message {q.id[:ID_MAX]!r}", parameter="id")
        return found

    async def cancel(self, asked: Asked[CancelAsked, None]) -> Taken:
        """Take a message back, as long as no try to send it was begun. 409 when it is too late for that."""
        q = asked.query
        instance, id_ = await self._instances.require(q.instance), _id(q.id)
        match await self._canceller.cancel(instance, id_, asked.who.name, q.reason):
            case Cancelled.DONE:
                return Taken(id=id_)
            case Cancelled.UNKNOWN:
                raise Problem(404, f"{instance!r} has no message {id_} that waits, and its log tells of none")
            case too_late:
                raise Problem(409, f"too late: {too_late.value}", id=id_)


def _id(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError:
        raise Problem(400, "a message's id is the UUID that sending it answered", parameter="id") from None
