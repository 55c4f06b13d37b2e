"""How does a stored upload become part of a message? Its bytes are put in where its name stood, before the call."""

import base64
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from redis.exceptions import RedisError

from shared.events import Content, Media, SendRequested, VoiceNote, upload_id
from shared.streams import keys
from shared.streams.delivery import Done, Mark
from shared.streams.scripts import Scripts


@dataclass(frozen=True)
class Uploads:
    """Reads what the admin service keeps."""

    scripts: Scripts

    async def is_gone(self, event: SendRequested) -> bool:
        """Whether the send names an upload that is not kept any more."""
        id_ = upload_id(event.content)
        return bool(id_) and not await self.scripts.call("HEXISTS", keys.upload(event.instance, id_), "data")

    async def filled_in(self, event: SendRequested) -> Content | None:
        """The content as the gateway takes it; None when its upload went away a moment ago."""
        content, id_ = event.content, upload_id(event.content)
        if not id_:
            return content
        name = keys.upload(event.instance, id_)
        reply: Any = await self.scripts.call("HMGET", name, "data", "mimetype", "name")
        if reply[0] is None:
            return None
        source = base64.b64encode(reply[0]).decode()
        if isinstance(content, VoiceNote):
            return VoiceNote(source=source)
        assert isinstance(content, Media)
        return msgspec.structs.replace(
            content, source=source,
            mimetype=content.mimetype or (reply[1] or b"").decode(),
            file_name=content.file_name or (reply[2] or b"").decode(),
        )  # fmt: skip

    async def released(self, event: SendRequested, done: Done) -> Done:
        """Its end, with which the file that was kept for it alone goes; not as long as it may yet be sent.

        Where Redis does not say whose the file is, it goes by its time.
        """
        id_ = upload_id(event.content)
        if not id_ or done.dead or any(park.id == event.id for park in done.parks):
            return done
        name = keys.upload(event.instance, id_)
        try:
            whose = await self.scripts.call("HGET", name, "only_for")
        except (RedisError, OSError):
            return done
        return replace(done, marks=(*done.marks, Mark(name, "", 0))) if whose == event.id.encode() else done
