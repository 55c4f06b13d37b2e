"""How does an uploaded text change? Under a condition, told before it, and counted after it for the responders.

A clinic's texts are of no instance: the text, the counter and the audit live in slots of their own, so no script can
join them. The fact comes first (no change is without its fact), the counter last (no responder misses a change).
"""

import asyncio
from typing import Any

import redis.asyncio as aioredis

from admin.access.audit import Audit
from admin.http.problems import Problem
from admin.library import Shelf
from admin.steering.matching import changed
from clinic import ClinicError, Document, check_text
from shared.service import Platform
from shared.streams import keys

TEXTS_MAX = 200  # uploads of one clinic: a responder holds and indexes them all


class Texts:
    """Writes and removes uploaded texts."""

    def __init__(self, platform: Platform, audit: Audit) -> None:
        self._redis: aioredis.Redis = platform.redis
        self._scripts, self._audit = platform.scripts, audit

    async def put(self, shelf: Shelf, name: str, data: bytes, who: str) -> Document:
        """Write it, over the one that the shelf has. Raises Problem 400, 409 or 412."""
        document = await asyncio.to_thread(checked, shelf, name, data)
        if name not in shelf.texts and len(shelf.texts) >= TEXTS_MAX:
            raise Problem(409, f"{shelf.files.id} has {TEXTS_MAX} uploaded texts already: remove one", parameter="name")
        await self._tell(who, "knowledge.put", shelf, name, "changed" if name in shelf.texts else "added")
        await self._change(shelf, name, ["put", 1, 2, name, data])
        return document

    async def remove(self, shelf: Shelf, name: str, who: str) -> None:
        """Take it away; a file of the same name answers again. Raises Problem 404, 409 or 412."""
        if name not in shelf.texts:
            if source_of(name) in {document.source for document in shelf.files.documents}:
                detail = f"{name} is a file of the clinic's folder, not an upload: remove it there"
                raise Problem(409, detail, parameter="name")
            raise unknown(shelf, name)
        await self._tell(who, "knowledge.remove", shelf, name, "removed")
        await self._change(shelf, name, ["drop", 1, name])

    async def _change(self, shelf: Shelf, name: str, words: list[str | bytes | int]) -> None:
        texts = keys.clinic_texts(shelf.files.id)
        condition: list[str | bytes | int] = ["when", 1, name, shelf.texts.get(name, b"")]
        reply: Any = await self._scripts.run("steer", [texts], [0, *condition, *words])
        if bytes(reply) != b"ok":
            raise changed()
        await self._scripts.call("INCR", keys.CLINICS_VERSION)

    async def _tell(self, who: str, action: str, shelf: Shelf, name: str, change: str) -> None:
        await self._audit.tell(self._audit.fact(who, action, clinic=shelf.files.id, name=name, change=change))


def checked(shelf: Shelf, name: str, data: bytes) -> Document:
    """The document that it would be. Raises Problem 400 that says what is wrong with it, and in which line."""
    try:
        return check_text(shelf.files, name, data)
    except ClinicError as error:
        where = "name" if "is no name" in error.problem or "language" in error.problem else "body"
        raise Problem(400, str(error), parameter=where, line=error.line) from None


def unknown(shelf: Shelf, name: str) -> Problem:
    """It is neither a file nor an upload."""
    return Problem(404, f"{shelf.files.id} has no text {name[:100]!r}", parameter="name")


def source_of(name: str) -> str:
    """How an answer cites it."""
    return f"knowledge/{name}"
