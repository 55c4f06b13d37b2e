"""How does a message get on its way? Once for its key: on the outbound stream, or parked until its time."""

from dataclasses import dataclass
from typing import Any

from shared.errors import QueueFull
from shared.events import SendRefused, SendRequested, SendScheduled, encode, following
from shared.service import Platform
from shared.streams import keys
from shared.streams.roster import due_hint, wake_ups

UNBOUNDED = 1 << 53


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the same key was used for before."""

    id: str
    digest: str


class Outbox:
    """Takes messages."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def put(self, send: SendRequested, digest: str) -> Earlier | None:
        """Take `send`; or, when its idempotency key was used before, only say for what.

        `digest` tells messages apart that came with the same key. Raises QueueFull; only that it was refused
        was written then.
        """
        i, streams = send.instance, self._platform.streams
        stream = keys.outbound_vip(i) if send.vip else keys.outbound(i)
        names = [keys.seen(i, f"send:{send.idempotency_key}"), keys.events(i), stream, keys.due(i), keys.parked(i)]
        life_ms = streams.idempotency_ttl_s * 1000 if send.idempotency_key else 0
        args: list[str | bytes | int] = [
            f"{send.id} {digest}", life_ms, streams.log_maxlen, streams.stream_maxlen or UNBOUNDED,
            send.not_before or 0, send.id, encode(send), self._scheduled(send), encode(self._refused(send)),
        ]  # fmt: skip
        reply: Any = await self._platform.scripts.run("request", names, args, then=_hints(send, stream))
        match [bytes(word).decode() for word in reply]:
            case ["seen", earlier]:
                return Earlier(*earlier.split(" "))
            case ["full"]:
                raise QueueFull(f"{streams.stream_maxlen} messages wait already")
        return None

    def _refused(self, send: SendRequested) -> SendRefused:
        now, why = self._platform.clock.now_ms(), f"{self._platform.streams.stream_maxlen} messages wait already"
        about: dict[str, str] = {"send_id": send.id, "send_class": send.send_class, "reason": why}
        return following(SendRefused, send, "refused", now, **about)

    def _scheduled(self, send: SendRequested) -> bytes:
        if send.not_before is None:
            return b""
        now = self._platform.clock.now_ms()
        why, until = "asked for this time", send.not_before
        return encode(following(SendScheduled, send, "scheduled", now, send_id=send.id, until=until, why=why))


def _hints(send: SendRequested, stream: str) -> list[tuple[str | int, ...]]:
    known: tuple[str | int, ...] = ("SADD", keys.INSTANCES, send.instance)
    if send.not_before is not None:
        return [known, due_hint(send.instance, send.not_before)]
    return [known, *wake_ups(send.instance, [stream])]
