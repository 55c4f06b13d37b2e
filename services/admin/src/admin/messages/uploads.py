"""How is a file kept until it is sent? `POST /admin/uploads`: checked by its content, for a while, in Redis."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.instances import Instances
from admin.messages.file_types import FileType, Kind, clean_name, file_type
from admin.messages.keeping import LIFE_MS, ONCE_MS, Keeping
from admin.messages.upload_form import file_of
from admin.streams.operations.order import InstanceName
from shared import ids
from shared.events import Content, Media, upload_id
from shared.events.sends import UPLOAD
from shared.service import Platform
from shared.streams import keys

NOBODYS = "00000000-0000-7000-8000-000000000000"  # what an id is derived from that has no cause but its key
MOST_OF_REDIS = 0.75  # of its `maxmemory`: what comes from patients must always find room
AGAIN_S = 600
KNOWN = "JPEG, PNG, WebP, OGG, MP3, WAV, AAC, AMR, M4A, MP4, 3GP, PDF, DOCX, XLSX, PPTX, plain text"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was taken."""

    id: str
    found: FileType
    name: str
    size: int


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """Whose number will send it."""

    instance: InstanceName
    once: Annotated[bool, msgspec.Meta(description="It is for one message, and goes when that one was sent.")] = False


class Uploaded(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is kept."""

    source: str
    """What `media.source` is to say."""
    mediatype: Kind
    mimetype: str
    file_name: str
    """As the patient will see it."""
    size: int
    """Bytes."""
    expires_at: int
    """Milliseconds since 1970-01-01 UTC, unless a message that was taken with it needs it longer; with `once`, the
    time until which one has to be."""


class Uploads:
    """Keeps files, and knows which there are."""

    def __init__(self, platform: Platform, instances: Instances, most_mib: int) -> None:
        self._platform = platform
        self._instances = instances
        self._most_mib = most_mib
        self._keeping = Keeping(platform)

    async def upload(self, asked: Asked[Whose, None]) -> Uploaded:
        """Keep a file, in a field `file`, until it is sent. Too large: 413. Not to be sent: 415. No room: 429.

        With an `Idempotency-Key` the same file has the same `source` when it comes again. With `once` its room is free
        again as soon as the message that names it was sent, failed for good, or was taken back; until there is one, it
        is kept for a quarter of an hour. Without it, a file may go to many, and is kept for a day at the least.
        """
        instance, once = await self._instances.require(asked.query.instance), asked.query.once
        name, data = await file_of(asked.request)
        stored, life_ms = await self._keep(instance, name, data, asked.key, once=once), ONCE_MS if once else LIFE_MS
        return Uploaded(
            source=f"{UPLOAD}{stored.id}", mediatype=stored.found.kind, mimetype=stored.found.mimetype,
            file_name=stored.name, size=stored.size, expires_at=self._platform.clock.now_ms() + life_ms,
        )  # fmt: skip

    async def _keep(self, instance: str, name: str, data: bytes, key: str, *, once: bool) -> Stored:
        found = file_type(data)
        if found is None:
            raise Problem(415, f"the file is none of {KNOWN}", parameter="file")
        again = f"{key}/{hashlib.blake2b(data, digest_size=16).hexdigest()}"
        id_ = ids.derived(NOBODYS, again) if key else ids.new(self._platform.clock)
        stored = Stored(id_, found, clean_name(name, found), len(data))
        await self._put(instance, stored, data, once=once)
        return stored

    async def _put(self, instance: str, stored: Stored, data: bytes, *, once: bool) -> None:
        """Raises Problem 413 or 429 when there is no room for it."""
        most, now = self._most_mib * 1024**2, self._platform.clock.now_ms()
        if stored.size > most:
            raise Problem(413, f"files take {self._most_mib} MiB at most here: give it as a URL", parameter="file")
        await self._leave_room(stored.size)
        names = [keys.upload(instance, stored.id), keys.uploads(instance)]
        args: list[str | bytes | int] = [
            stored.id, stored.size, most, now, ONCE_MS if once else LIFE_MS,
            "data", data, "mimetype", stored.found.mimetype, "kind", stored.found.kind, "name", stored.name,
            *(("only_for", "") if once else ()),
        ]  # fmt: skip
        goes_ms = int(await self._platform.scripts.run("upload", names, args))
        if goes_ms and await self._keeping.forget_gone(instance):
            goes_ms = int(await self._platform.scripts.run("upload", names, args))
        if goes_ms:
            detail = (
                f"the files that {instance!r} keeps for sending take {self._most_mib} MiB, which is all they may: the "
                "first goes by itself later; until then give the file as a URL, or raise UPLOADS_MAX_MIB"
            )
            after_s = max(1, (goes_ms - now + 999) // 1000)
            raise Problem(429, detail, parameter="file", headers={"Retry-After": str(after_s)})

    async def _leave_room(self, size: int) -> None:
        about: Any = await self._platform.redis.info("memory")
        most = int(about.get("maxmemory") or 0)
        if most and int(about["used_memory"]) + size > most * MOST_OF_REDIS:
            detail = (
                f"Redis would be more than {MOST_OF_REDIS:.0%} full, and what patients write must find room: give the "
                "file as a URL, or give Redis more memory"
            )
            raise Problem(429, detail, parameter="file", headers={"Retry-After": str(AGAIN_S)})

    async def check(self, instance: str, content: Content) -> None:
        """Whether the upload that `content` names is there, and of its kind. Raises Problem 400."""
        id_ = upload_id(content)
        if not id_:
            return
        reply: Any = await self._platform.redis.hget(keys.upload(instance, id_), "kind")
        if reply is None:
            detail = f"`media.source` names an upload that {instance!r} does not have (any more): upload it again"
            raise Problem(400, detail, parameter="media.source")
        kind, wanted = bytes(reply).decode(), content.mediatype if isinstance(content, Media) else "audio"
        if wanted not in (kind, "document"):  # anything may go as a document
            raise Problem(400, f"that upload is {kind}, not {wanted}", parameter="media.mediatype")
