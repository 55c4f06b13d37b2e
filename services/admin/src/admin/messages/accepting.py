"""May this message go out? Its URLs lead outside, its uploads are there, and the queue has room for it."""

from admin.http.problems import Problem
from admin.messages.keeping import Keeping
from admin.messages.outbox import Earlier, Outbox
from admin.messages.sources import Lookup
from admin.messages.uploads import Uploads
from shared.errors import QueueFull
from shared.events import SendRequested
from shared.service import Platform

FULL_RETRY_S = 30  # at one message a second the stream has room for thirty by then


class Accepting:
    """The last check of what people send, wherever they wrote it."""

    def __init__(self, platform: Platform, uploads: Uploads, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        """Whether URLs may lead to private addresses."""
        self._outbox, self._uploads, self._lookup = Outbox(platform), uploads, Lookup(allow_private)
        self._keeping = Keeping(platform)

    async def check(self, send: SendRequested) -> None:
        """Raises Problem 400 when a URL leads inside, or an upload is not there."""
        await self._lookup.check(send.content)
        await self._uploads.check(send.instance, send.content)

    async def take(self, send: SendRequested, digest: str) -> Earlier | None:
        """Put it on its way; or say what its idempotency key was used for before. Raises Problem 429."""
        await self._keeping.keep_for(send)
        try:
            return await self._outbox.put(send, digest)
        except QueueFull as full:
            await self._keeping.not_taken(send)
            detail = f"the queue is full: {full}; send it again later"
            raise Problem(429, detail, headers={"Retry-After": str(FULL_RETRY_S)}) from None
