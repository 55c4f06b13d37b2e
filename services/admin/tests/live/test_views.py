"""Do the views say what the log says, however it got there?"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from admin.views.projecting.projector import Projector
from admin.views.store import Store
from shared.clock import ManualClock
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.waiting import until

WA1 = "wa1"


@pytest.fixture
async def projector(redis_url: str) -> AsyncIterator[Projector]:
    platform = new_platform("admin", ServiceSettings(redis_url=redis_url, replica="p1"), StreamSettings(lease_ms=600))
    projector = Projector(platform)
    listening = asyncio.create_task(projector.keep_listening())
    yield projector
    listening.cancel()
    await projector.stop()
    await platform.redis.aclose()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(client, clock) -> Store:
    return Store(Scripts(client), clock)


async def _caught_up(store: Store) -> None:
    async def done() -> bool:
        lag = await store.lag(WA1)
        return lag.version > 0 and lag.behind == 0 and not lag.rebuilding

    await until(done)


async def test_a_story_is_told_from_the_message_to_its_reading(client, projector, store, clock) -> None:
    story = Stories(WA1, seed=3, clock=clock).one("5511988887777")
    await write(client, WA1, story)
    await _caught_up(store)
    page = await store.conversations(WA1)
    assert [(c.chat, c.messages, c.status) for c in page.items] == [("5511988887777", 2, "bot")]
    told = await store.messages(WA1, "5511988887777")
    assert [m.author for m in told.items] == ["bot", "patient"]
    assert told.items[1].progress == "answered"
    assert told.items[0].progress == "read"
    whole = await store.story(WA1, story[0].id)
    assert whole is not None
    assert (await store.story(WA1, told.items[0].message_id)) == whole
    (day,) = await store.days(WA1, "2026-11-24", "2026-11-24")
    assert (day.received, day.answered, day.requested, day.accepted, day.delivered, day.read) == (1,) * 6
    assert sum(day.stages["reply"]) == sum(day.reply_ms) == 1
