"""Where else is a person, beside the log? Wherever a key names them: it goes, or its part of it.

Streams are made anew (a deleted entry's bytes stay in its node), a list's element is emptied in its place (a broadcast
counts them). The views are rebuilt from the log; marks that name only ids go by the ids that the log's entries had.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from admin.privacy.log import Entry
from admin.privacy.names import Person
from admin.privacy.rewriting import LANE
from admin.privacy.values import Key, every_key
from shared.errors import NotOurs
from shared.events import SendRequested, upload_id
from shared.streams import keys
from shared.streams.scripts import Scripts

_REMOVE = {"hash": "HDEL", "set": "SREM", "zset": "ZREM"}
_ANSWERS = keys.answer("").encode()
AT_ONCE = 500


class Removing:
    """Takes one person out of every key of an instance but the log and its views."""

    def __init__(self, scripts: Scripts, instance: str, fence: int, person: Person) -> None:
        self._scripts = scripts
        self._instance = instance
        self._fence = fence
        self._person = person
        self.touched = 0
        self._left = re.compile(
            rb"^wa:\{%s\}:(view(:.*)?|events|erasing|erasures)$" % re.escape(instance.encode())
        )  # fmt: skip

    async def run(self) -> None:
        """Look through every key. Raises NotOurs."""
        async for key in every_key(self._scripts, self._instance):
            if not self._left.match(key.name):
                await self._key(key)
        await self._scripts.call("UNLINK", keys.view_changes(self._instance))

    async def of(self, entries: Iterable[Entry]) -> None:
        """Remove what is kept under the ids of these entries of the log."""
        i, fields, marks, files = self._instance, set[str](), set[str](), set[str]()
        for entry in entries:
            event = entry.event
            fields |= {event.id} if event else set()
            marks |= _marks(i, event)
            files |= {upload_id(event.content)} - {""} if isinstance(event, SendRequested) else set()
        for start in range(0, len(fields), AT_ONCE):
            some = sorted(fields)[start : start + AT_ONCE]
            for key in (keys.progress(i), keys.parked(i), keys.refusals(i)):
                self.touched += int(await self._scripts.call("HDEL", key, *some))
            await self._scripts.call("ZREM", keys.due(i), *some)
        for start in range(0, len(marks), AT_ONCE):
            self.touched += int(await self._scripts.call("UNLINK", *sorted(marks)[start : start + AT_ONCE]))
        if files:
            await self._files(files)

    async def _files(self, files: set[str]) -> None:
        """Files that were to be sent to them: the bytes, and the line of the room that they take."""
        i = self._instance
        self.touched += int(await self._scripts.call("UNLINK", *(keys.upload(i, id_) for id_ in files)))
        lines = await self._scripts.call("ZRANGE", keys.uploads(i), 0, -1)
        if theirs := [line for line in lines if line.partition(b" ")[0].decode() in files]:
            self.touched += int(await self._scripts.call("ZREM", keys.uploads(i), *theirs))

    async def _key(self, key: Key) -> None:
        if self._person.named_in(key.name):
            self.touched += int(await self._scripts.call("UNLINK", key.name))
            return
        theirs = [
            (handle, parts) async for handle, parts in key.values(self._scripts)
            if any(map(self._person.named_in, parts))
        ]  # fmt: skip
        if theirs:
            await self._remove(key.name, key.kind, theirs)
            self.touched += 1

    async def _remove(self, key: bytes, kind: str, theirs: list[tuple[bytes, tuple[bytes, ...]]]) -> None:
        handles = [handle for handle, _ in theirs]
        if key.startswith(_ANSWERS):  # half an answer is none
            kind = "string"
        match kind:
            case "string":
                await self._scripts.call("UNLINK", key)
            case "stream":
                await self._stream(key, handles)
            case "list":
                for handle, (value, *_) in theirs:
                    await self._scripts.call("LSET", key, int(handle), emptied(value))
            case _:
                await self._scripts.call(_REMOVE[kind], key, *handles)
                if key == keys.parked(self._instance).encode():
                    await self._scripts.call("ZREM", keys.due(self._instance), *handles)

    async def _stream(self, key: bytes, handles: list[bytes]) -> None:
        own = f"{{{self._instance}}}".encode() in key
        if key == keys.PRESENCE.encode():  # worth seconds: all of it goes, and the bytes with it
            await self._scripts.call("XTRIM", key, "MAXLEN", 0)
            return
        if not own:  # of no instance: no script joins it with our fence
            await self._scripts.call("XDEL", key, *handles)
            return
        names = [keys.fence(self._instance, LANE), key.decode(), keys.rewritten(self._instance, 0)]
        reply = await self._scripts.run("rewrite_stream", names, [self._fence, *handles])
        if reply == b"fenced":
            raise NotOurs("fenced")


def emptied(value: bytes) -> bytes:
    """A MessagePack or JSON value of the same shape, with every text in it empty."""
    try:
        return msgspec.msgpack.encode(_empty(msgspec.msgpack.decode(value)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return b""


def _empty(value: Any) -> Any:
    match value:
        case str() | bytes():
            return ""
        case dict():
            return {name: _empty(part) for name, part in value.items()}
        case list():
            return [_empty(part) for part in value]
    return value


def _marks(instance: str, event: Any) -> set[str]:
    """Keys whose names are made of a fact's ids."""
    found: set[str] = set()
    if send := getattr(event, "send_id", ""):
        found |= {keys.fate(instance, send), keys.cancelled(instance, send)}
    if message_id := getattr(event, "message_id", ""):
        found.add(keys.sent(instance, message_id))
    return found
