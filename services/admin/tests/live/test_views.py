"""Do the views say what the log says, however it got there?"""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from admin.http.problems import Problem
from admin.views.projecting.projector import Projector
from admin.views.store import Store
from shared.clock import ManualClock
from shared.events import (
    BotPaused,
    ContactChanged,
    HandoffEnded,
    HandoffRequested,
    HandoffTaken,
    MessageEdited,
    MessageRevoked,
    OptoutRecorded,
    SendCancelled,
    SendScheduled,
    following,
)
from shared.service import new_platform
from shared.settings import ServiceSettings, StreamSettings
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.replica import a_send
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


async def test_chats_come_newest_first_page_by_page_each_once(client, projector, store, clock) -> None:
    stories = Stories(WA1, seed=4, clock=clock)
    chats = [f"55119{n:08d}" for n in range(23)]
    for chat in chats:
        await write(client, WA1, stories.one(chat))
        clock.advance(1 if int(chat) % 3 else 0)  # some at the same millisecond
    await _caught_up(store)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await store.conversations(WA1, cursor=cursor, limit=5)
        seen += [c.chat for c in page.items]
        cursor = page.next
    assert sorted(seen) == chats
    times = [c.last_at for c in (await store.conversations(WA1, limit=50)).items]
    assert times == sorted(times, reverse=True)
    assert [c.chat for c in (await store.conversations(WA1, limit=50)).items] == seen


async def test_messages_of_a_long_chat_come_page_by_page(client, projector, store, clock) -> None:
    stories = Stories(WA1, seed=5, clock=clock)
    for _ in range(20):
        await write(client, WA1, stories.one("5511900000001"))
        clock.advance(5)
    await write(client, WA1, stories.one("55119000000011"))
    await _caught_up(store)
    seen, cursor = [], ""
    while cursor is not None:
        page = await store.messages(WA1, "5511900000001", cursor=cursor, limit=7)
        seen += page.items
        cursor = page.next
    assert len({message.id for message in seen}) == len(seen) == 40
    assert [m.at for m in seen] == sorted((m.at for m in seen), reverse=True)


async def test_a_chat_is_found_by_name_number_and_last_words(client, projector, store, clock) -> None:
    stories = Stories(WA1, seed=6, clock=clock)
    for n in range(12):
        await write(client, WA1, stories.one(f"55119{n:08d}"))
    received = stories.one("5521987654321")[0]
    await write(client, WA1, [msgspec.structs.replace(received, sender_name="Conceição Brandão", text="E o botox?")])
    await _caught_up(store)
    for find in ("conceicao", "BRAND", "brandão conc", "+55 21 98765-4321", "8765-4321", "4321", "botox", "conc botox"):
        page = await store.conversations(WA1, find=find)
        assert [c.chat for c in page.items] == ["5521987654321"], find
    assert (await store.conversations(WA1, find="nobody")).items == []
    assert (await store.conversations(WA1, find="conceicao", status="taken")).items == []


async def test_who_answers_a_chat_is_told_until_a_pause_has_lapsed(client, projector, store, clock) -> None:
    stories = Stories(WA1, seed=7, clock=clock)
    wanted, taken, paused = (stories.one(f"551190000000{n}")[:1] for n in range(3))
    now = clock.now_ms()
    about = {"by": "rita"}
    await write(client, WA1, [
        *wanted, following(HandoffRequested, wanted[0], "h", now, why="person", urgent=True),
        *taken, following(HandoffTaken, taken[0], "t", now, **about),
        *paused, following(BotPaused, paused[0], "p", now, until=now + 60_000, **about),
    ])  # fmt: skip
    await _caught_up(store)
    assert await store.counts(WA1) == {"bot": 0, "wanted": 1, "taken": 1, "paused": 1}
    (want,) = (await store.conversations(WA1, status="wanted")).items
    assert (want.urgent, want.wanted_why, want.waiting_since) == (True, "person", wanted[0].recorded_at)
    (take,) = (await store.conversations(WA1, status="taken")).items
    assert take.taken_by == "rita"
    (pause,) = (await store.conversations(WA1, status="paused")).items
    assert pause.paused_until == now + 60_000
    clock.advance(61)
    assert await store.counts(WA1) == {"bot": 1, "wanted": 1, "taken": 1, "paused": 0}
    assert (await store.conversations(WA1, status="paused")).items == []
    (lapsed,) = (await store.conversations(WA1, status="bot")).items
    assert (lapsed.chat, lapsed.status, lapsed.paused_until) == (paused[0].chat, "bot", None)
    await write(client, WA1, [following(HandoffEnded, taken[0], "e", now, **about)])
    await _caught_up(store)
    assert (await store.counts(WA1))["taken"] == 0


async def test_what_staff_write_down_is_told_with_the_chat(client, projector, store, clock) -> None:
    story = Stories(WA1, seed=8, clock=clock).one("5511900000001")
    now = clock.now_ms()
    await write(client, WA1, [
        *story, following(ContactChanged, story[0], "c1", now, by="rita", name="Dona Ana", vip=True),
        following(ContactChanged, story[0], "c2", now, by="rita", notes="prefere a tarde"),
        following(OptoutRecorded, story[0], "o", now, opted_out=True),
    ])  # fmt: skip
    await _caught_up(store)
    told = await store.conversation(WA1, "5511900000001")
    assert told is not None
    assert (told.name, told.vip, told.notes, told.opted_out) == ("Dona Ana", True, "prefere a tarde", True)
    assert [c.name for c in (await store.conversations(WA1, find="dona")).items] == ["Dona Ana"]


async def test_words_that_were_changed_or_taken_back_are_shown_so(client, projector, store, clock) -> None:
    stories = Stories(WA1, seed=9, clock=clock)
    first, second = stories.one("5511900000001")[0], stories.one("5511900000001")[0]
    now = clock.now_ms()
    edit = following(MessageEdited, first, "e", now, message_id=first.message_id, author="patient", text="às 10h")
    gone = following(MessageRevoked, second, "r", now, message_id=second.message_id, author="patient")
    await write(client, WA1, [edit, first, second, gone])  # the edit overtook the message
    await _caught_up(store)
    told = {m.id: m for m in (await store.messages(WA1, "5511900000001")).items}
    assert (told[first.id].text, told[first.id].edited) == ("às 10h", True)
    assert (told[second.id].text, told[second.id].revoked) == ("", True)
    assert second.text.encode() not in (await client.hget(keys.view(WA1, 1, "messages"), second.id))


async def test_what_waits_for_its_time_comes_soonest_first_and_leaves_when_it_is_cancelled(
    client, projector, store, clock
) -> None:
    now = clock.now_ms()
    sends = [a_send(f"{n}", instance=WA1, clock=clock, send_class="reminder") for n in range(7)]
    facts = [
        fact for n, send in enumerate(sends)
        for fact in (send, following(SendScheduled, send, "s", now, send_id=send.id, until=now + 1000 - n, why="asked"))
    ]  # fmt: skip
    await write(client, WA1, facts)
    await _caught_up(store)
    first = await store.scheduled(WA1, limit=5)
    rest = await store.scheduled(WA1, limit=5, cursor=first.next or "")
    assert [m.text for m in [*first.items, *rest.items]] == list("6543210")
    assert (first.items[0].progress, first.items[0].author, rest.next) == ("scheduled", "clinic", None)
    await write(client, WA1, [following(SendCancelled, sends[6], "c", now, send_id=sends[6].id, by="rita")])
    await _caught_up(store)
    assert [m.text for m in (await store.scheduled(WA1)).items] == list("543210")
    told = await store.message(WA1, sends[6].id)
    assert told is not None
    assert told.progress == "cancelled"


async def test_an_open_page_hears_of_the_chats_that_changed(client, projector, store, clock) -> None:
    stories = Stories(WA1, seed=10, clock=clock)
    await write(client, WA1, stories.one("5511900000001"))
    await _caught_up(store)
    heard: list[str] = []

    async def listen() -> None:
        async for chat in store.changes(WA1):
            heard.append(chat)

    listening = asyncio.create_task(listen())
    await until(lambda: store._changes._hubs.get(WA1) and store._changes._hubs[WA1].listeners)
    await write(client, WA1, [*stories.one("5511900000002"), stories.connection("open")])
    await until(lambda: {"5511900000002", ""} <= set(heard))
    assert "5511900000001" not in heard
    assert (await store.connection(WA1)).state == "open"
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIiwiYiJd", "WzEsMiwzXQ"])
async def test_a_cursor_that_is_of_no_page_is_refused(store, cursor) -> None:
    for ask in (store.conversations(WA1, cursor=cursor), store.scheduled(WA1, cursor=cursor)):
        with pytest.raises(Problem):
            await ask
    with pytest.raises(Problem):
        await store.messages(WA1, "5511900000001", cursor=cursor)


async def test_an_instance_without_views_has_nothing_to_tell(store) -> None:
    assert (await store.conversations("none")).items == []
    assert (await store.messages("none", "x")).items == []
    assert await store.story("none", "x") is None
    assert (await store.lag("none")).version == 0
    (day,) = await store.days("none", "2026-11-24", "2026-11-24")
    assert day.received == 0
