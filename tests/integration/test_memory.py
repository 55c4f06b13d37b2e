"""Does a script that Redis has no memory for write all of it, or nothing?"""

from typing import Any

import pytest
from redis.exceptions import RedisError

from shared.events import SendRequested
from shared.streams import keys
from shared.streams.commit import Committer
from shared.streams.delivery import Done, Entry, Hold, Mark, Owner, Park, State, Work
from shared.streams.lease import acquire
from shared.streams.log import Echo, Log
from shared.streams.progress import Progress
from tests.support.replica import INSTANCE, Streams, a_send

pytestmark = pytest.mark.every_server
SOURCE, GROUP = keys.outbound(INSTANCE), keys.OUTBOUND_GROUP


async def whole(client: Any) -> dict[bytes, bytes]:
    return {name: await client.dump(name) for name in await client.keys() if b":wake:" not in name}


async def a_bench(streams: Streams) -> tuple[Committer, Owner, Entry, SendRequested]:
    send = a_send()
    await streams.put(send)
    await streams.client.xgroup_create(SOURCE, GROUP, id="0")
    await streams.client.execute_command("XREADGROUP", "GROUP", GROUP, "r1", "STREAMS", SOURCE, ">")
    lease = await acquire(streams.scripts, INSTANCE, "sender", "r1", 60_000)
    assert lease
    ((id_, fields),) = await streams.client.xrange(SOURCE)
    owner = Owner(INSTANCE, GROUP, "r1", lease.fence, "sender")
    return Committer(streams.scripts, log_maxlen=0, bound=0), owner, Entry(SOURCE, id_.decode(), fields[b"e"]), send


async def test_an_append_writes_nothing(streams: Streams) -> None:
    log = Log(streams.scripts, log_maxlen=0, bound=0, seen_life_s=60)
    before = await whole(streams.client)
    await streams.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(RedisError, match="memory"):
            await log.append(a_send(), dedupe="1", work=SOURCE, contact="c", echo=Echo("d", "m", ("c",), 1))
        after = await whole(streams.client)
    finally:
        await streams.client.config_set("maxmemory", 0)
    assert after == before


async def test_a_hold_writes_nothing_and_an_end_everything(streams: Streams) -> None:
    """An end frees memory first, so Redis lets it through to its last write."""
    committer, owner, entry, send = await a_bench(streams)
    before = await whole(streams.client)
    everything = Done(
        facts=(send,), work=(Work("wa:{wa1}:next", send),), marks=(Mark("wa:{wa1}:mark", "v", 60_000),),
        parks=(Park("p1", 1_795_500_000_000, SOURCE, send),), states=(State("wa:{wa1}:s", {"a": "1"}, 60_000),),
        dead="why",
    )  # fmt: skip
    await streams.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(RedisError, match="memory"):
            await committer.hold(owner, entry, send.id, Hold(Progress(uncounted=1), 0, (send,)))
        assert await whole(streams.client) == before
        await committer.done(owner, entry, send.id, everything, Progress())
    finally:
        await streams.client.config_set("maxmemory", 0)
    names = [keys.events(INSTANCE), "wa:{wa1}:next", "wa:{wa1}:mark", "wa:{wa1}:s", keys.due(INSTANCE)]
    assert await streams.client.exists(*names, keys.parked(INSTANCE), keys.dead_letters(INSTANCE)) == 7
    assert await streams.client.xlen(SOURCE) == 0
