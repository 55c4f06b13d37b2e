"""What do we know about a person, and what did staff write down?"""

from typing import Annotated, Any

import msgspec

from admin.access.principal import Role
from admin.conversations.chats import Chats
from admin.http.endpoint import Asked, Endpoint, Reply, etag
from admin.instances import Instances
from admin.steering.act import Act, Steering
from admin.steering.asking import OfChat, chat_of
from admin.steering.matching import changed, check_match
from admin.steering.telling import Telling
from shared.events import ContactChanged, OptoutRecorded
from shared.service import Platform
from shared.streams import keys
from shared.streams.log import CHAT_LIFE_MS

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
        contact, _, _ = await self._read(*await self._known(asked.query))
        return contact

    async def change(self, asked: Asked[OfChat, ContactChange]) -> Reply[Contact]:
        """Write down a name, notes, that it is a VIP, that they want no proactive messages, or want them again.

        With `If-Match` it is changed only if nobody else changed it since it was read; else 412.
        """
        instance, chat = await self._known(asked.query)
        old, revision, opted = await self._read(instance, chat)
        check_match(asked.request, old)
        given = {name: value for name, value in msgspec.structs.asdict(asked.body).items() if value is not None}
        new = msgspec.structs.replace(old, **given)
        if new != old and await self._steering.do(self._act(asked.who.name, old, new, revision, opted)):
            raise changed()
        return Reply(new, headers={"ETag": etag(msgspec.json.encode(new))})

    def _act(self, who: str, old: Contact, new: Contact, revision: bytes, opted: bytes) -> Act:
        i, chat = new.instance, new.chat
        about, state, out = keys.contact(i, chat), keys.chat(i, chat), keys.opted_out(i, chat)
        act = Act(i).when(about, "revision", revision).when_text(out, opted)
        act.put(about, {"name": new.name, "notes": new.notes, "vip": int(new.vip), "revision": int(revision or 0) + 1})
        if new.vip != old.vip:
            act.put(state, {"vip": 1}).life(state, CHAT_LIFE_MS) if new.vip else act.drop(state, "vip")
        if written := _difference(old, new):
            act.fact(self._telling.fact(ContactChanged, i, chat, by=who, **written))
        if new.opted_out != old.opted_out:
            act.text(out, int(new.opted_out))
            act.fact(self._telling.fact(OptoutRecorded, i, chat, opted_out=new.opted_out, words=BY_STAFF))
            word = "contact.opt_out" if new.opted_out else "contact.opt_in"
            act.fact(self._telling.acted(who, word, i, chat))
        return act

    async def _read(self, instance: str, chat: str) -> tuple[Contact, bytes, bytes]:
        """The contact, its revision, and its word on proactive messages as it stands in Redis."""
        pipe: Any = self._redis.pipeline(transaction=False)
        pipe.hgetall(keys.contact(instance, chat))
        pipe.get(keys.opted_out(instance, chat))
        about, opted = await pipe.execute()
        name, notes = (about.get(field, b"").decode(errors="replace") for field in (b"name", b"notes"))
        contact = Contact(
            instance=instance, chat=chat, name=name, notes=notes, vip=about.get(b"vip") == b"1", opted_out=opted == b"1"
        )
        return contact, about.get(b"revision", b""), opted or b""

    async def _known(self, query: OfChat) -> tuple[str, str]:
        instance, chat = await self._instances.require(query.instance), chat_of(query.chat)
        await self._chats.require(instance, chat)
        return instance, chat


def _difference(old: Contact, new: Contact) -> dict[str, str | bool]:
    """The fields of `contact.changed` that differ."""
    told = ((name, getattr(old, name), getattr(new, name)) for name in ("name", "notes", "vip"))
    return {name: now for name, before, now in told if now != before}
