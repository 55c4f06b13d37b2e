"""How is a file kept until it is sent? `POST /admin/uploads`: checked by its content, for a while, in Redis."""

import contextlib
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import BodyPartReader, MultipartReader, web

from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.http.reading import BROUGHT, File
from admin.instances import Instances
from admin.messages.file_types import FileType, Kind, clean_name, file_type
from admin.streams.operations.order import InstanceName
from shared import ids
from shared.events import Content, Media, SendRequested, upload_id
from shared.events.sends import UPLOAD
from shared.service import Platform
from shared.streams import keys

MOST_BYTES = 16 * 1024**2  # in base64 22 MB in one gateway call, which has 30 s; more is better given as a URL
LIFE_MS = 86_400_000
KNOWN = "JPEG, PNG, WebP, OGG, MP3, WAV, AAC, AMR, M4A, MP4, 3GP, PDF, DOCX, XLSX, PPTX, plain text"
AFTER_MS = 2 * 86_400_000  # a send without an end of its own lives a day after its time, and its tries end by then


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
    """Milliseconds since 1970-01-01 UTC, unless a message that was taken with it needs it longer."""


class Uploads:
    """Keeps files, and knows which there are."""

    def __init__(self, platform: Platform, instances: Instances) -> None:
        self._platform = platform
        self._instances = instances

    async def upload(self, asked: Asked[Whose, None]) -> Uploaded:
        """Keep a file, in a field `file`, until it is sent. Too large: 413. Nothing that can be sent: 415."""
        instance = await self._instances.require(asked.query.instance)
        brought = asked.request.get(BROUGHT)
        name, data = _checked(brought) if brought else await _file(asked.request)
        stored = await self._keep(instance, name, data)
        return Uploaded(
            source=f"{UPLOAD}{stored.id}", mediatype=stored.found.kind, mimetype=stored.found.mimetype,
            file_name=stored.name, size=stored.size, expires_at=self._platform.clock.now_ms() + LIFE_MS,
        )  # fmt: skip

    async def _keep(self, instance: str, name: str, data: bytes) -> Stored:
        found = file_type(data)
        if found is None:
            raise Problem(415, f"the file is none of {KNOWN}", parameter="file")
        stored = Stored(ids.new(self._platform.clock), found, clean_name(name, found), len(data))
        key = keys.upload(instance, stored.id)
        fields: dict[Any, Any] = {
            "data": data, "mimetype": found.mimetype, "kind": found.kind, "name": stored.name,
        }  # fmt: skip
        async with self._platform.redis.pipeline(transaction=True) as both:
            both.hset(key, mapping=fields)
            both.pexpire(key, LIFE_MS)
            await both.execute()
        return stored

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

    async def keep_for(self, send: SendRequested) -> None:
        """Keep its upload until it can not be sent any more."""
        if id_ := upload_id(send.content):
            key, now = keys.upload(send.instance, id_), self._platform.clock.now_ms()
            life = (send.expires_at or send.not_before or now) + AFTER_MS - now
            if life > await self._platform.redis.pttl(key):
                await self._platform.redis.pexpire(key, life)


def _checked(file: File) -> File:
    """Raises Problem."""
    if len(file.data) > MOST_BYTES:
        raise _too_large()
    if not file.data:
        raise _empty()
    return file


async def _file(request: web.Request) -> File:
    """The name and the bytes of the only file. Raises Problem."""
    if not request.content_type.startswith("multipart/"):
        raise Problem(415, "send the file as multipart/form-data, in a field `file`")
    with contextlib.suppress(ValueError):  # what is not multipart after all
        form = await request.multipart()
        async for part in form:
            if not isinstance(part, BodyPartReader) or part.name != "file":
                raise Problem(400, f"unknown field {getattr(part, 'name', None)!r}; known here: file", parameter="file")
            data = await _bytes(part)
            await _end(form)
            return File(part.filename or "", data)
    raise Problem(400, "there is no field `file` in the form", parameter="file")


async def _end(form: MultipartReader) -> None:
    """Raises Problem 400 unless the form ends behind the file: one that was cut off there would pass for a whole."""
    try:
        more = await form.next()
    except ValueError:
        raise Problem(400, "the form is cut off: its last boundary is missing", parameter="file") from None
    if more is not None:
        raise Problem(400, "there is more in the form than one file", parameter="file")


async def _bytes(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(256 * 1024):
        data += chunk
        if len(data) > MOST_BYTES:
            raise _too_large()
    if not data:
        raise _empty()
    return bytes(data)


def _too_large() -> Problem:
    return Problem(413, f"a file has at most {MOST_BYTES // 1024**2} MiB", parameter="file")


def _empty() -> Problem:
    return Problem(400, "the file is empty", parameter="file")
