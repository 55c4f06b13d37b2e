"""Is an erased person gone from Redis, to the last byte, while all others stay as they were?"""

import asyncio
from typing import Any

import pytest
import redis.asyncio as aioredis

from admin.privacy import erasing
from admin.privacy.names import person_of
from admin.views.projecting import following
from shared import ids
from shared.clock import ManualClock
from shared.events import AdminActed, Media, MessageReceived, PersonErased, ReceiptRecorded, encode
from shared.streams import keys
from tests.support.log import Stories, write
from tests.support.replica import a_send
from tests.support.servers import RedisServer
from tests.support.views import caught_up, compare, everything
from tests.support.waiting import until

WA1 = "wa1"
THEM, SHORT, LID = "5511987654321", "551187654321", "123456789012345@lid"
NAME, TEXT = "Quitéria Vasconcelos de Souza", "minha alergia é a penicilina, não esqueçam"
OTHERS = [f"55119{n:08d}" for n in range(20)]
FILE, OTHERS_FILE = (ids.new(ManualClock()) for _ in range(2))
SCAN = "%PDF-1.7 exame da paciente"
NEEDLES = (THEM, SHORT, LID.partition("@")[0], NAME, TEXT, FILE, SCAN)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "READERS_END_MS", 50)
    monkeypatch.setattr(erasing, "LOOK_EVERY_S", 0.05)


def _theirs(stories: Stories) -> list[Any]:
    """What a person leaves: under their number, without its ninth digit, and under a LID alone."""
    now = stories.clock.now_ms()
    about = {"instance": WA1, "occurred_at": now, "recorded_at": now}
    first = MessageReceived(
        id=ids.new(stories.clock), chat=THEM, message_id="3EBAAAA1", author="patient", kind="text", text=TEXT,
        sender_name=NAME, lid=LID, **about,
    )  # fmt: skip
    second = MessageReceived(
        id=ids.new(stories.clock), chat=LID, message_id="3EBAAAA2", author="patient", kind="text", text=TEXT + "!",
        sender_name=NAME, **about,
    )  # fmt: skip
    told = ReceiptRecorded(id=ids.new(stories.clock), chat=LID, message_id="BAE1", status="read", **about)
    exam = a_send(chat=THEM, content=Media(mediatype="document", source=f"upload:{FILE}"), instance=WA1)
    acted = AdminActed(id=ids.new(stories.clock), actor="rita", action="note", detail={"chat": THEM}, **about)
    return [first, *stories.one(THEM), *stories.one(SHORT), second, told, exam, acted]


async def _kept_elsewhere(client: aioredis.Redis, stories: Stories) -> None:
    """Work that waits, marks, memories: theirs and others'."""
    for chat, file in ((THEM, FILE), (OTHERS[0], OTHERS_FILE)):
        await client.hset(keys.upload(WA1, file), "data", f"{SCAN} {chat}" if chat == THEM else "x")
        await client.zadd(keys.uploads(WA1), {f"{file} 40": stories.clock.now_ms() + 10**7})
        send = a_send(f"lembrete para {chat}", chat, instance=WA1)
        for stream in (keys.outbound(WA1), keys.dead_letters(WA1), keys.inbound(WA1)):
            await client.xadd(stream, {"e": encode(send), "reason": "x"})
        await client.hset(keys.parked(WA1), send.id, b"wa:{wa1}:stream\n" + encode(send))
        await client.zadd(keys.due(WA1), {send.id: stories.clock.now_ms()})
        await client.hset(keys.chat(WA1, chat), mapping={"bot": b"x", "paused_until": 1})
        await client.hset(keys.recipient_bucket(WA1, chat), mapping={"tokens": 1})
        for key in (keys.opted_out(WA1, chat), *keys.opted_out_by_spelling(WA1, chat), keys.staff_spoke(WA1, chat)):
            await client.set(key, "1")
        for key in (keys.contact(WA1, chat), *keys.contact_by_spelling(WA1, chat)):
            await client.hset(key, "notes", "x")
        await client.sadd(keys.contacts(WA1), chat)
        await client.set(keys.sent(WA1, f"BAE{chat}"), f"{send.id} 1 {send.id} {chat}", px=10**7)
        await client.hset(keys.fate(WA1, send.id), mapping={"delivered": 1})
        await client.zadd(keys.echoes(WA1, "abc"), {f"3EB0{chat} {chat} x": 1})
        await client.rpush("wa:{wa1}:broadcast:1:to", b"\x81\xa2to\xad" + chat.encode())
        await client.hset(keys.answer(chat[-4:]), mapping={"status": 200, "body": f'{{"chat":"{chat}"}}'})
        await client.xadd(keys.PRESENCE, {"i": WA1, "to": chat})
    await client.xgroup_create(keys.outbound(WA1), keys.OUTBOUND_GROUP, id="0")
    await client.xreadgroup(keys.OUTBOUND_GROUP, "s1", {keys.outbound(WA1): ">"}, count=10)


async def _erase(admin: Any, chat: str = THEM) -> Any:
    asked = await admin.post(
        f"/admin/privacy/erase?instance={WA1}&confirm={chat}", json={"chat": chat, "reason": "asked by mail"}
    )
    told = await asked.json()
    assert asked.status == 202, told

    async def done() -> Any:
        answer = await (await admin.get(f"/admin/privacy/erasures/{told['id']}?instance={WA1}")).json()
        return answer if answer["state"] == "done" else None

    return await until(done, seconds=60)


async def test_an_erased_person_is_nowhere_in_redis_and_the_rest_still_rebuilds(admin, client, redis_url) -> None:
    stories = Stories(WA1, 7, ManualClock())
    facts = list(stories.many(600, OTHERS))
    await write(client, WA1, [*facts[:300], *_theirs(stories), *facts[300:]])
    await _kept_elsewhere(client, stories)
    await caught_up(client, WA1)
    told = await _erase(admin)
    assert told["found"] == 0, told
    assert told["scanned"] > 20
    assert told["texts"] >= 2
    assert told["facts"] >= 12
    for name, data in (await everything(client)).items():
        assert not [needle for needle in NEEDLES if needle in name or needle.encode() in (data or b"")], name
    await caught_up(client, WA1)
    assert await compare(redis_url, WA1) == []
    log = await client.xrange(keys.events(WA1))
    assert len([1 for fact in facts if any(encode(fact) == fields[b"e"] for _, fields in log)]) == len(facts)


async def test_others_keep_what_is_theirs(admin, client) -> None:
    stories = Stories(WA1, 8, ManualClock())
    await write(client, WA1, _theirs(stories))
    await _kept_elsewhere(client, stories)
    other = OTHERS[0]
    await _erase(admin)
    assert [await client.xlen(s(WA1)) for s in (keys.outbound, keys.dead_letters, keys.inbound)] == [1, 1, 1]
    pending = await client.xpending_range(keys.outbound(WA1), keys.OUTBOUND_GROUP, "-", "+", 10)
    assert [entry["consumer"] for entry in pending] == [b"s1"]
    assert await client.hlen(keys.parked(WA1)) == await client.zcard(keys.due(WA1)) == 1
    assert await client.smembers(keys.contacts(WA1)) == {other.encode()}
    assert await client.get(keys.opted_out(WA1, other)) == b"1"
    assert await client.exists(keys.chat(WA1, other), keys.sent(WA1, f"BAE{other}")) == 2
    assert await client.hget(keys.upload(WA1, OTHERS_FILE), "data") == b"x"
    assert await client.zrange(keys.uploads(WA1), 0, -1) == [f"{OTHERS_FILE} 40".encode()]
    assert await client.zcard(keys.echoes(WA1, "abc")) == 1
    assert await client.exists(keys.answer(THEM[-4:])) == 0
    assert await client.xlen(keys.PRESENCE) == 0
    assert await client.lrange("wa:{wa1}:broadcast:1:to", 0, -1) == [
        b"\x81\xa2to\xa0", b"\x81\xa2to\xad" + other.encode(),
    ]  # fmt: skip


async def test_the_fact_of_it_names_nobody(admin, client, streams) -> None:
    await write(client, WA1, _theirs(Stories(WA1, 9, ManualClock())))
    told = await _erase(admin)
    (fact,) = await streams.facts(PersonErased)
    assert isinstance(fact, PersonErased)
    assert (fact.chat, fact.request_id, fact.facts, fact.by) == ("", told["id"], told["facts"], told["by"])
    assert await client.hlen(keys.erasing(WA1)) == 0


async def test_traffic_that_flows_meanwhile_is_not_lost(admin, client, redis_url, monkeypatch) -> None:
    monkeypatch.setattr("admin.privacy.log.BATCH", 50)
    stories = Stories(WA1, 10, ManualClock())
    await write(client, WA1, [*stories.many(2000, OTHERS), *_theirs(stories)])
    live = list(Stories(WA1, 11, ManualClock()).many(600, OTHERS))

    async def flow() -> None:
        for at in range(0, len(live), 3):
            await write(client, WA1, live[at : at + 3])

    flowing = asyncio.create_task(flow())
    told = await _erase(admin)
    await flowing
    assert told["found"] == 0
    logged = {fields[b"e"] for _, fields in await client.xrange(keys.events(WA1))}
    assert [fact for fact in live if encode(fact) not in logged] == []
    await caught_up(client, WA1)
    assert await compare(redis_url, WA1) == []


async def test_an_erasure_goes_on_after_its_replica_died(new_admin, client, redis_url, streams, monkeypatch) -> None:
    stories = Stories(WA1, 12, ManualClock())
    await write(client, WA1, [*stories.many(500, OTHERS), *_theirs(stories)])
    died = asyncio.Event()
    run = erasing.Rewriting.run

    async def dies_once(self: Any, *about: Any) -> None:
        await run(self, *about)
        if not died.is_set():
            died.set()
            raise ConnectionError("cut behind the swap")

    monkeypatch.setattr(erasing.Rewriting, "run", dies_once)
    # It gives its lease back when it breaks off. A short one would get lost on a machine that is busy, again and again.
    admin = await new_admin(redis_url, lease_ms=6_000)
    told = await _erase(admin)
    assert died.is_set()
    assert told["found"] == 0
    for name, data in (await everything(client)).items():
        assert not [needle for needle in NEEDLES if needle in name or needle.encode() in (data or b"")], name


async def test_nothing_of_them_is_in_a_dump_of_the_whole_server(new_admin) -> None:
    server = RedisServer(rdbcompression="no", appendonly="no").start()
    try:
        async with aioredis.Redis.from_url(server.url) as client:
            stories = Stories(WA1, 13, ManualClock())
            await write(client, WA1, [*stories.many(300, OTHERS), *_theirs(stories), *stories.many(50, OTHERS)])
            await _kept_elsewhere(client, stories)
            await client.save()
            before = (server.folder / "dump.rdb").read_bytes()
            assert all(needle.encode() in before for needle in NEEDLES)
            admin = await new_admin(server.url, lease_ms=600)
            assert (await _erase(admin))["found"] == 0
            await client.save()
            dump = (server.folder / "dump.rdb").read_bytes()
            assert [needle for needle in NEEDLES if needle.encode() in dump] == []
            assert OTHERS[0].encode() in dump
    finally:
        server.close()


async def test_all_that_is_known_of_a_person_is_told_by_every_name(admin, client) -> None:
    stories = Stories(WA1, 14, ManualClock())
    theirs = _theirs(stories)
    await write(client, WA1, [*stories.many(100, OTHERS), *theirs])
    answer = await admin.get(f"/admin/privacy/export?instance={WA1}&chat={SHORT}")
    lines = [line for line in (await answer.text()).splitlines() if line]
    assert len(lines) == len(theirs)
    assert all(fact.id in line for fact, line in zip(theirs, lines, strict=True))
    assert '"occurred_at":"20' in lines[0]


async def test_an_erasure_is_confirmed_and_its_reason_names_nobody(admin, client) -> None:
    await write(client, WA1, _theirs(Stories(WA1, 15, ManualClock())))
    before = await everything(client, r":view|:lease|:fence|wa:wake|wa:live")
    asked = [
        (f"instance={WA1}", {"chat": THEM}, 428, "confirm"),
        (f"instance={WA1}&confirm=wa1", {"chat": THEM}, 400, "confirm"),
        (f"instance={WA1}&confirm={THEM}", {"chat": THEM, "reason": "a pedido de 11 98765-4321"}, 400, "reason"),
        (f"instance={WA1}&confirm=x", {"chat": "x"}, 400, "chat"),
        (f"instance={WA1}&confirm={THEM}", {}, 400, "chat"),
        ("instance=nobody", {"chat": THEM}, 404, "instance"),
    ]
    for query, body, status, parameter in asked:
        answer = await admin.post(f"/admin/privacy/erase?{query}", json=body)
        assert (answer.status, (await answer.json())["parameter"]) == (status, parameter)
    dry = await admin.post(f"/admin/privacy/erase?instance={WA1}&dry_run=true", json={"chat": THEM})
    assert dry.status == 200
    assert (await admin.get(f"/admin/privacy/erasures/none?instance={WA1}")).status == 404
    assert await everything(client, r":view|:lease|:fence|wa:wake|wa:live") == before


async def test_the_names_of_a_person_lead_to_each_other() -> None:
    stories = Stories(WA1, 16, ManualClock())
    theirs = _theirs(stories)

    def facts(_person: Any) -> Any:
        async def each() -> Any:
            for fact in theirs:
                yield fact

        return each()

    for name in (THEM, SHORT, LID):
        assert (await person_of(name, facts)).chats == {THEM, SHORT, LID}
