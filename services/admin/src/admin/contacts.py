"""What do we know about a person, and what did staff write down?"""

from typing import Annotated

import msgspec

from admin.access.principal import Role
from admin.conversations.chats import Chats
from admin.http.endpoint import Asked, Endpoint, Reply, etag
from admin.instances import Instances
from admin.steering.act import Act, Steering
from admin.steering.asking import OfChat, chat_of
from admin.steering.matching import changed, check_match
from admin.steering.telling import Telling
from admin.written_down import WrittenDown, written_down
from shared.events import ContactChanged, OptoutRecorded
from shared.service import Platform

BY_STAFF = "told to the staff"


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person, as staff know them."""

    instance: str
    chat: str
    name: str = ""
    notes: str = ""
    vip: bool = False
    """Their messages go first."""
    opted_out: bool = False
    """They get no reminders and no broadcasts."""


class ContactChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes; a field that is left out stays as it is."""

    name: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    notes: Annotated[str, msgspec.Meta(max_length=4_000)] | None = None
    vip: bool | None = None
    opted_out: bool | None = None


class Contacts:
    """What staff write down about people."""

    def __init__(self, platform: Platform, instances: Instances) -> None:
        self._redis, self._instances = platform.redis, instances
        self._chats, self._steering = Chats(platform), Steering(platform)
        self._telling = Telling(platform.clock)
        self.endpoints = [
            Endpoint("GET", "/admin/contacts/{chat}", Role.VIEWER, self.read, "contacts"),
            Endpoint("PATCH", "/admin/contacts/{chat}", Role.STAFF, self.change, "contacts", again=True),
        ]

    async def read(self, asked: Asked[OfChat, None]) -> Contact:
        """One contact. Its ETag goes into `If-Match` of a change."""
        return _contact(await self._written(asked.query))

    async def change(self, asked: Asked[OfChat, ContactChange]) -> Reply[Contact]:
        """Write down a name, notes, that it is a VIP, that they want no proactive messages, or want them again.

        With `If-Match` it is changed only if nobody else changed it since it was read; else 412.
        """
        written = await self._written(asked.query)
        old = _contact(written)
        check_match(asked.request, old)
        given = {name: value for name, value in msgspec.structs.asdict(asked.body).items() if value is not None}
        new = msgspec.structs.replace(old, **given)
        if new != old and await self._steering.do(self._act(asked.who.name, written, old, new)):
            raise changed()
        return Reply(new, headers={"ETag": etag(msgspec.json.encode(new))})

    def _act(self, who: str, written: WrittenDown, old: Contact, new: Contact) -> Act:
        i, chat = new.instance, new.chat
        act = written.unchanged(Act(i))
        written.write(act, {"name": new.name, "notes": new.notes, "vip": int(new.vip)})
        if differs := _difference(old, new):
            act.fact(self._telling.fact(ContactChanged, i, chat, by=who, **differs))
        if new.opted_out != old.opted_out:
            written.opt(act, new.opted_out)
            act.fact(self._telling.fact(OptoutRecorded, i, chat, opted_out=new.opted_out, words=BY_STAFF))
            word = "contact.opt_out" if new.opted_out else "contact.opt_in"
            act.fact(self._telling.acted(who, word, i, chat))
        return act

    async def _written(self, query: OfChat) -> WrittenDown:
        instance, chat = await self._instances.require(query.instance), chat_of(query.chat)
        await self._chats.require(instance, chat)
        return await written_down(self._redis, instance, chat)


def _contact(written: WrittenDown) -> Contact:
    return Contact(
        instance=written.instance, chat=written.chat, name=written.name, notes=written.notes, vip=written.vip,
        opted_out=written.opted_out,
    )  # fmt: skip


def _difference(old: Contact, new: Contact) -> dict[str, str | bool]:
    """The fields of `contact.changed` that differ."""
    told = ((name, getattr(old, name), getattr(new, name)) for name in ("name", "notes", "vip"))
    return {name: now for name, before, now in told if now != before}
