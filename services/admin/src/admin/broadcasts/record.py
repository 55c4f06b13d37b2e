"""What is known of a broadcast? What it is, how many of it were requested, and whether it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from redis.exceptions import ResponseError

from shared import ids
from shared.events import BroadcastStarted, BroadcastStopped, SendRequested, Text, encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.roster import views_hint
from shared.telemetry import logs

LIFE_MS = 90 * 86_400_000  # from its time on: a record outlives its broadcast, for whoever asks how it went
LISTED_MS = 366 * 86_400_000 + LIFE_MS  # it may have been asked for a year before its time
KEY_MS = 2 * 86_400_000  # an answer is remembered for a day, and a lost one may be asked for again as long

_log = logs.get(__name__)

State = Literal["running", "done", "stopped"]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a broadcast is."""

    template: str
    language: str
    by: str
    asked_at: int
    starts_at: int
    per_minute: int | None = None


class Recipient(msgspec.Struct, frozen=True, array_like=True):
    """One message of it: to whom, and its words, as they were when it was started."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A broadcast as it stands."""

    instance: str
    id: str
    about: About
    state: State
    requested: int
    total: int
    ended_at: int | None

    def send_id(self, position: int) -> str:
        """The id of the message at this place of the list: always the same, whoever requests it."""
        return ids.derived(self.id, f"to/{position}")

    def message(self, position: int, recipient: Recipient, now_ms: int) -> SendRequested:
        """The message at this place."""
        return SendRequested(
            id=self.send_id(position), instance=self.instance, chat=recipient.to, to=recipient.to, occurred_at=now_ms,
            recorded_at=now_ms, causation_id=self.id, content=Text(text=recipient.text), send_class="broadcast",
            by=self.about.by, template=self.about.template, broadcast_id=self.id,
        )  # fmt: skip


class Records:
    """Keeps broadcasts in Redis."""

    def __init__(self, platform: Platform) -> None:
        self._redis, self._scripts, self._clock = platform.redis, platform.scripts, platform.clock
        self._log_maxlen = platform.streams.log_maxlen

    async def start(self, instance: str, about: About, recipients: Sequence[Recipient], key: str = "") -> str:
        """Write it down for the runner; its id, or the id of the one that was started with the same key."""
        now, id_ = about.asked_at, ids.new(self._clock)
        fact = BroadcastStarted(
            id=id_, instance=instance, occurred_at=now, recorded_at=now, broadcast_id=id_, by=about.by,
            template=about.template, recipients=len(recipients),
        )  # fmt: skip
        names = [
            keys.broadcast(instance, id_), keys.broadcast_recipients(instance, id_), keys.broadcasts(instance),
            keys.events(instance), keys.open_broadcasts(instance), keys.seen(instance, f"broadcast:{key}"),
        ]  # fmt: skip
        args: list[str | bytes | int] = [
            self._log_maxlen, id_, now, LIFE_MS + about.starts_at - now, LISTED_MS, msgspec.json.encode(about),
            encode(fact), KEY_MS if key else 0,
            *(msgspec.msgpack.encode(one) for one in recipients),
        ]  # fmt: skip
        hints: list[tuple[str | int, ...]] = [
            ("SADD", keys.INSTANCES, instance), ("SADD", keys.BROADCASTING, instance), views_hint(instance),
        ]  # fmt: skip
        return bytes(await self._scripts.run("broadcast_start", names, args, then=hints)).decode()

    async def stop(self, instance: str, id_: str, by: str) -> int:
        """How many get nothing; -1: it has ended already; -2: there is none."""
        now = self._clock.now_ms()
        fact = BroadcastStopped(
            id=ids.new(self._clock), instance=instance, occurred_at=now, recorded_at=now, correlation_id=id_,
            broadcast_id=id_, by=by, left=0,
        )  # fmt: skip
        names = [
            keys.broadcast(instance, id_), keys.broadcast_recipients(instance, id_), keys.events(instance),
            keys.open_broadcasts(instance),
        ]  # fmt: skip
        args: list[str | bytes | int] = [self._log_maxlen, now, encode(fact), id_]
        return int(await self._scripts.run("broadcast_stop", names, args, then=[views_hint(instance)]))

    async def read(self, instance: str, id_: str) -> Record | None:
        """One of them."""
        found: Any = await self._redis.hgetall(keys.broadcast(instance, id_))
        return _record(instance, id_, found) if found else None

    async def newest(self, instance: str, before: int, limit: int) -> tuple[list[Record], int | None]:
        """Those that were asked for before then, the newest first; and the time to go on before, if there may be more.

        One whose record is gone is left out.
        """
        names: Any = await self._redis.zrevrangebyscore(
            keys.broadcasts(instance), f"({before}" if before else "+inf", "-inf", start=0, num=limit, withscores=True
        )
        found = [await self.read(instance, name.decode()) for name, _ in names]
        return [record for record in found if record is not None], int(names[-1][1]) if len(names) == limit else None

    async def open(self, instance: str) -> list[Record]:
        """Those that have not ended, the oldest first. One that cannot be read is left alone, and told of."""
        names: Any = await self._redis.smembers(keys.open_broadcasts(instance))
        found = [await self._readable(instance, name.decode(errors="replace")) for name in sorted(names)]
        return [record for record in found if record is not None]

    async def _readable(self, instance: str, id_: str) -> Record | None:
        try:
            return await self.read(instance, id_)
        except (ResponseError, msgspec.MsgspecError, KeyError, ValueError) as error:
            _log.error("broadcast_not_understood", instance=instance, broadcast=id_, error=repr(error))
            return None

    async def recipients(self, record: Record, count: int) -> list[Recipient]:
        """The next ones."""
        start, name = record.requested, keys.broadcast_recipients(record.instance, record.id)
        found: Any = await self._redis.lrange(name, start, start + count - 1)
        return [msgspec.msgpack.decode(data, type=Recipient) for data in found]


def _record(instance: str, id_: str, found: dict[bytes, bytes]) -> Record:
    state: State = msgspec.convert(found[b"state"].decode(), State)
    ended = found.get(b"ended_at")
    return Record(
        instance, id_, msgspec.json.decode(found[b"about"], type=About), state,
        int(found[b"requested"]), int(found[b"total"]), int(ended) if ended else None,
    )  # fmt: skip
