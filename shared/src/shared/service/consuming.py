"""How does a service take its part in the streams? A consumer that starts with the application and drains with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import redis.asyncio as aioredis
from aiohttp import web

from shared.service.platform import Platform
from shared.streams.broken import Complaints
from shared.streams.chats import QueueOf, by_chat
from shared.streams.commit import Committer
from shared.streams.connection import connect_blocking
from shared.streams.consumer import Consumer
from shared.streams.delivery import Handler
from shared.streams.due import Promoter
from shared.streams.ending import end
from shared.streams.keeping import keep_going
from shared.streams.reader import GroupReader
from shared.streams.roster import Roster
from shared.streams.tools import Tools

StreamsOf = Callable[[str], Sequence[str]]


def consuming(
    platform: Platform,
    handler: Handler,
    *,
    group: str,
    streams_of: StreamsOf,
    promotes: StreamsOf | None = None,
    part: str = "",
    queue_of: QueueOf = by_chat,
) -> Callable[[web.Application], AsyncIterator[None]]:
    """For `cleanup_ctx`: `handler` works the streams of every instance as a member of `group`.

    Parked work of the streams that `promotes` names is brought back to them when its time has come. `part` names a
    second consumer beside the service's own, with lanes and wake-ups of its own. `queue_of` names the queue of an
    event within a lane, where it is not its chat's.
    """  # fmt: skip

    async def running(_app: web.Application) -> AsyncIterator[None]:
        blocking = connect_blocking(platform.settings.redis_url, platform.streams.stream_block_ms)
        consumer = new_consumer(
            platform, blocking, handler, group=group, streams_of=streams_of, part=part, queue_of=queue_of
        )
        await consumer.start()
        promoting = [asyncio.create_task(_promoting(platform, consumer, promotes))] if promotes else []
        yield
        await end(promoting)
        await consumer.stop()
        await blocking.aclose()

    return running


async def _promoting(platform: Platform, consumer: Consumer, streams_of: StreamsOf) -> None:
    bound = platform.streams.stream_maxlen
    promoter = Promoter(platform.scripts, consumer.roster, streams_of, bound=bound, clock=platform.clock)
    await keep_going(platform.service, "due", promoter.keep_promoting)


def new_consumer(
    platform: Platform,
    blocking: aioredis.Redis,
    handler: Handler,
    *,
    group: str,
    streams_of: StreamsOf,
    part: str = "",
    queue_of: QueueOf = by_chat,
) -> Consumer:
    """A consumer, not yet started; `blocking` is a client of its own for the reads that wait."""  # fmt: skip
    streams, name = platform.streams, part or platform.service
    tools = Tools(
        service=name,
        group=group,
        lane=name,
        replica=platform.replica,
        scripts=platform.scripts,
        committer=Committer(
            platform.scripts, log_maxlen=streams.log_maxlen, bound=streams.stream_maxlen, clock=platform.clock
        ),
        reader=GroupReader(platform.scripts, group, platform.replica),
        handler=handler,
        settings=streams,
        tracing=platform.tracing,
        complaints=Complaints(name),
        clock=platform.clock,
        queue_of=queue_of,
    )
    roster = Roster(platform.redis, blocking, name, platform.replica, streams.stream_block_ms)
    return Consumer(tools, platform.redis, roster, streams_of)
