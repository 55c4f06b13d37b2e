"""How long is an uploaded file kept? As long as a message may need it, and one that is for one message no longer."""

from typing import Any

from shared.events import SendRequested, upload_id
from shared.service import Platform
from shared.streams import keys

LIFE_MS = 86_400_000
ONCE_MS = 15 * 60_000  # until the message that it is for: the page asks for that one in the same moment
AFTER_MS = 2 * 86_400_000  # a send without an end of its own lives a day after its time, and its tries end by then
AT_ONCE = 1_000


class Keeping:
    """Changes when files go."""

    def __init__(self, platform: Platform) -> None:
        self._redis, self._clock = platform.redis, platform.clock

    async def keep_for(self, send: SendRequested) -> None:
        """Keep its upload until it can not be sent any more."""
        if id_ := upload_id(send.content):
            key, now = keys.upload(send.instance, id_), self._clock.now_ms()
            await self._claim(key, send.id)
            life = (send.expires_at or send.not_before or now) + AFTER_MS - now
            if life > await self._redis.pttl(key):
                size = await self._size(key)
                await self._redis.pexpire(key, life)
                await self._longer(send.instance, f"{id_} {size}", now + life, life)

    async def not_taken(self, send: SendRequested) -> None:
        """It was refused: what was kept for it alone goes soon, unless another message takes it."""
        if key := await self._only_for(send):
            await self._mark(key, "")
            await self._redis.pexpire(key, ONCE_MS)

    async def let_go(self, send: SendRequested) -> None:
        """It will not be sent any more: what was kept for it alone goes."""
        if key := await self._only_for(send):
            await self._redis.unlink(key)

    async def forget_gone(self, instance: str) -> int:
        """Count those no longer that went before their time; how many there were."""
        index = keys.uploads(instance)
        lines: Any = await self._redis.zrange(index, 0, -1)
        gone: list[bytes] = []
        for start in range(0, len(lines), AT_ONCE):
            some = lines[start : start + AT_ONCE]
            pipe: Any = self._redis.pipeline(transaction=False)
            for line in some:
                pipe.exists(keys.upload(instance, line.partition(b" ")[0].decode()))
            gone += [line for line, there in zip(some, await pipe.execute(), strict=True) if not there]
        return int(await self._redis.zrem(index, *gone)) if gone else 0

    async def _claim(self, key: str, send_id: str) -> None:
        """A file for one message is that one's; when several name it after all, it goes by its time alone."""
        whose: Any = await self._redis.hget(key, "only_for")
        if whose is not None and whose.decode() != send_id:
            await self._mark(key, "several" if whose else send_id)

    async def _only_for(self, send: SendRequested) -> str:
        """The key of the file that is kept for this message alone; empty when there is none."""
        if not (id_ := upload_id(send.content)):
            return ""
        key = keys.upload(send.instance, id_)
        return key if await self._redis.hget(key, "only_for") == send.id.encode() else ""

    async def _mark(self, key: str, whose: str) -> None:
        set_: Any = self._redis.hset(key, "only_for", whose)
        await set_

    async def _size(self, key: str) -> int:
        length: Any = self._redis.hstrlen(key, "data")
        return int(await length)

    async def _longer(self, instance: str, kept: str, until_ms: int, life_ms: int) -> None:
        index = keys.uploads(instance)
        await self._redis.zadd(index, {kept: until_ms}, gt=True)
        if life_ms > await self._redis.pttl(index):
            await self._redis.pexpire(index, life_ms)
