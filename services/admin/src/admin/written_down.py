"""Where does it stand what is known of a contact? Once for all spellings of their number; formerly once for each.

What stands under other spellings is read besides, and moves to the one place when it is written again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import redis.asyncio as aioredis

from admin.steering.act import Act, Word
from shared.events.spelling import written_ways
from shared.streams import keys

FIELDS = ("name", "notes", "vip", "revision")


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """What Redis holds of one contact: by key, the one that is written first."""

    instance: str
    chat: str
    abouts: Mapping[str, Mapping[bytes, bytes]]
    words: Mapping[str, bytes]
    """Their word on proactive messages."""

    @property
    def name(self) -> str:
        return next(self._texts(b"name"), "")

    @property
    def notes(self) -> str:
        return "\n".join(dict.fromkeys(self._texts(b"notes")))

    @property
    def vip(self) -> bool:
        return any(about.get(b"vip") == b"1" for about in self.abouts.values())

    @property
    def opted_out(self) -> bool:
        return b"1" in self.words.values()

    def unchanged(self, act: Act) -> Act:
        """Only if nobody wrote since it was read."""
        for key, about in self.abouts.items():
            act.when(key, "revision", about.get(b"revision", b""))
        for key, word in self.words.items():
            act.when_text(key, word)
        return act

    def write(self, act: Act, fields: Mapping[str, Word]) -> None:
        """Name, notes and VIP, in the one place from now on."""
        one, *others = self.abouts
        act.put(one, {**fields, "revision": int(self.abouts[one].get(b"revision", 0)) + 1})
        for key in others:
            act.drop(key, *FIELDS)
        for way in written_ways(self.chat):  # the chat's own state had it, too
            act.drop(keys.chat(self.instance, way), "vip")

    def opt(self, act: Act, out: bool) -> None:
        """Their word, which goes before all that they said under any spelling."""
        one, *others = self.words
        act.text(one, int(out))
        for key in others:
            act.text(key, "")

    def _texts(self, field: bytes) -> Iterator[str]:
        """In each place that has one."""
        return (about[field].decode(errors="replace") for about in self.abouts.values() if about.get(field))


async def written_down(redis: aioredis.Redis, instance: str, chat: str) -> WrittenDown:
    """What is known of a contact now."""
    abouts = (keys.contact(instance, chat), *keys.contact_by_spelling(instance, chat))
    words = (keys.opted_out(instance, chat), *keys.opted_out_by_spelling(instance, chat))
    pipe: Any = redis.pipeline(transaction=False)
    for key in abouts:
        pipe.hgetall(key)
    pipe.mget(words)
    *found, said = await pipe.execute()
    return WrittenDown(
        instance, chat, dict(zip(abouts, found, strict=True)),
        {key: word or b"" for key, word in zip(words, said, strict=True)},
    )  # fmt: skip
