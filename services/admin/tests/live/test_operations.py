"""Does each operation do what it says, tell what it touched, and leave the rest alone?"""

import pytest

from shared import ids
from shared.events import (
    AdminActed,
    EntryDeadLettered,
    MessageReceived,
    SendAccepted,
    SendDeadLettered,
    SendReplayed,
    encode,
    following,
)
from shared.streams import keys
from shared.streams.progress import Progress, dump, parse
from tests.support.replica import INSTANCE, Gate, Recorder, Replica, Streams, a_send, running
from tests.support.waiting import until

from .conftest import CLAIM_IDLE_MS
from .phone import sender_replica

STREAM, VIP, INBOUND = keys.outbound(INSTANCE), keys.outbound_vip(INSTANCE), keys.inbound(INSTANCE)
BEGIN = "/admin/streams/reset-to-begin?instance=wa1"
RECREATE = "/admin/streams/destroy-recreate?instance=wa1"
LATEST = "/admin/streams/reset-to-latest?instance=wa1"
CLAIM = "/admin/streams/claim-pending-to-worker?instance=wa1"


def an_inbound(text: str = "oi") -> MessageReceived:
    send = a_send(text)
    return MessageReceived(
        id=send.id, instance=INSTANCE, chat=send.chat, occurred_at=1, recorded_at=1,
        message_id=send.id, author="patient", kind="text", text=text,
    )  # fmt: skip


async def _act(admin, method: str, url: str, **sent) -> dict:
    answer = await admin.request(method, url, **sent)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def _snapshot(client) -> dict[bytes, bytes]:
    """Everything that is in Redis, but for heartbeats, leases and views, which live by themselves."""
    own = (b":live:", b":lease:", b":fence:views", b":view:", b":view")
    names = [name async for name in client.scan_iter() if not any(part in name for part in own)]
    return {name: await client.dump(name) for name in names}


async def _deliver(client, count: int, consumer: str = "gone", stream: str = STREAM) -> None:
    """Hand entries to a consumer that will do nothing with them."""
    group = keys.INBOUND_GROUP if stream == INBOUND else keys.OUTBOUND_GROUP
    if not await client.exists(stream) or not await client.xinfo_groups(stream):
        await client.xgroup_create(stream, group, id="0", mkstream=True)
    await client.xreadgroup(group, consumer, {stream: ">"}, count=count)


async def _group(client, stream: str = STREAM) -> dict:
    (group,) = await client.xinfo_groups(stream)
    return group


async def _idle(client, count: int) -> None:
    """Until so many entries are idle enough to be anybody's."""

    async def enough() -> bool:
        found = await client.xpending_range(STREAM, keys.OUTBOUND_GROUP, "-", "+", 100, idle=CLAIM_IDLE_MS)
        return len(found) == count

    await until(enough)


# ── what all have in common ────────────────────────────────────────────────────────────────────────────────────────
OPERATIONS = [
    ("POST", BEGIN, "reset-to-begin"),
    ("POST", LATEST + "&confirm=wa1", "reset-to-latest"),
    ("DELETE", RECREATE + "&confirm=wa1", "destroy-recreate"),
    ("POST", CLAIM + "&worker=r9", "claim-pending-to-worker"),
]


@pytest.mark.parametrize(("method", "url", "action"), OPERATIONS, ids=[action for *_, action in OPERATIONS])
async def test_a_dry_run_counts_and_touches_nothing(streams: Streams, client, admin, method, url, action) -> None:
    await client.set(keys.live("sender", "r9"), "1")
    await streams.put(*(a_send(f"{n}") for n in range(5)), a_send("v", vip=True))
    await _deliver(client, 3)
    await _idle(client, 3)
    before = await _snapshot(client)
    dry = await _act(admin, method, url + "&dry_run=true")
    assert await _snapshot(client) == before
    wet = await _act(admin, method, url)
    assert dry["touched"] == wet["touched"] == (3 if action.startswith("claim") else 6)
    assert dry == wet | {"dry_run": True}
    assert (wet["action"], wet["instance"], set(wet["streams"])) == (action, "wa1", {"stream", "vip"})
    assert await _snapshot(client) != before


@pytest.mark.parametrize(("method", "url", "action"), OPERATIONS, ids=[action for *_, action in OPERATIONS])
async def test_who_did_it_and_why_is_in_the_log(streams: Streams, client, admin, method, url, action) -> None:
    await client.set(keys.live("sender", "r9"), "1")
    await streams.put(a_send("1"))
    await _deliver(client, 1)
    await _idle(client, 1)
    answer = await _act(admin, method, url, json={"reason": "não saía nada"})
    acted = [fact for fact in await streams.facts(AdminActed) if isinstance(fact, AdminActed)]
    assert {(fact.actor, fact.action, fact.reason) for fact in acted} == {("admin", action, "não saía nada")}
    assert sum(fact.touched for fact in acted) == answer["touched"] == 1
    assert "stream" in ",".join(fact.detail["streams"] for fact in acted)
    assert len({fact.correlation_id for fact in acted}) == 1


@pytest.mark.parametrize(("method", "url", "action"), OPERATIONS, ids=[action for *_, action in OPERATIONS])
async def test_where_nothing_ever_was_there_is_nothing_to_do(client, streams, admin, method, url, action) -> None:
    await client.set(keys.live("sender", "r9"), "1")
    answer = await _act(admin, method, url + "&reason=to+see")
    assert (answer["touched"], answer["dry_run"]) == (0, False)
    assert {fact.reason for fact in await streams.facts(AdminActed)} == {"to see"}


@pytest.mark.parametrize(("method", "url", "action"), OPERATIONS, ids=[action for *_, action in OPERATIONS])
async def test_an_instance_that_nobody_knows(client, admin, method, url, action) -> None:
    answer = await admin.request(method, url.replace("wa1", "wa2"))
    assert (answer.status, (await answer.json())["parameter"]) == (404, "instance")
    assert not await client.exists(keys.events("wa2"))


@pytest.mark.parametrize(
    ("choice", "names"),
    [("outbound", "stream vip"), ("vip", "vip"), ("inbound", "inbound"), ("all", "stream vip inbound")],
)
async def test_a_stream_is_chosen(streams: Streams, admin, choice: str, names: str) -> None:
    await streams.put(a_send("1"), a_send("2", vip=True))
    await streams.put(an_inbound(), stream=INBOUND)
    answer = await _act(admin, "POST", f"{BEGIN}&stream={choice}&dry_run=1")
    assert list(answer["streams"]) == names.split()
    assert answer["touched"] == len(names.split())


# ── reset-to-begin and destroy-recreate ────────────────────────────────────────────────────────────────────────────
async def test_reset_to_begin_delivers_again_what_a_dead_worker_was_given(streams, client, admin, redis_url) -> None:
    await streams.put(*(a_send(f"{n}") for n in range(4)))
    await _deliver(client, 3)
    answer = await _act(admin, "POST", BEGIN)
    assert answer["streams"]["stream"] == {"touched": 4, "pending": 3}
    assert (await _group(client))["last-delivered-id"] == b"0-0"
    assert (await _group(client))["pending"] == 3
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert replica.handler.begun == ["0", "1", "2", "3"]


async def test_destroy_recreate_loses_nothing_that_was_pending(streams, client, admin, redis_url) -> None:
    await streams.put(*(a_send(f"{n}") for n in range(4)))
    await _deliver(client, 3)
    answer = await _act(admin, "DELETE", RECREATE + "&confirm=wa1")
    assert answer["streams"]["stream"] == {"touched": 4, "pending": 3}
    assert (await _group(client))["pending"] == 0
    assert (await _group(client, VIP))["name"] == keys.OUTBOUND_GROUP.encode()  # made, with its stream
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert replica.handler.begun == ["0", "1", "2", "3"]


@pytest.mark.parametrize(("method", "url"), [("POST", BEGIN), ("DELETE", RECREATE + "&confirm=wa1")])
async def test_what_is_under_way_ends_as_if_nothing_had_happened(streams, admin, redis_url, method, url) -> None:
    gate = Gate()
    replica = sender_replica(redis_url, streams.scripts, "r1")
    replica.handler.behave["1"] = [gate]
    async with running(replica):
        await streams.put(a_send("1"), a_send("2"))
        await until(lambda: gate.waiting)
        for _ in range(3):
            await _act(admin, method, url)
        gate.opened.set()
        await until(streams.idle)
    assert replica.handler.begun == ["1", "2"]
    assert len(await streams.accepted()) == 2


async def test_tries_are_counted_on_after_a_new_group(streams, client, admin, redis_url) -> None:
    """Redis's own counter begins anew; ours does not."""
    send = a_send("1")
    await streams.put(send)
    tried = Progress().begun(at=1, by="r0").ended("transient", "busy")
    await client.hset(keys.progress(INSTANCE), send.id, dump(tried))
    await _deliver(client, 1)
    await _act(admin, "DELETE", RECREATE + "&confirm=wa1")
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    (delivery,) = replica.handler.deliveries
    assert delivery.progress.count == 2


@pytest.mark.parametrize(("method", "url"), [("POST", BEGIN), ("DELETE", RECREATE + "&confirm=wa1")])
async def test_what_the_log_shows_as_sent_is_not_sent_again(streams, client, admin, redis_url, method, url) -> None:
    """An entry whose send was accepted is in the stream again: a backup was restored, or somebody put it there."""
    sent, waiting = a_send("sent", id=ids.new()), a_send("waiting", id=ids.new())
    await _was_sent(client, sent)
    await streams.put(sent, waiting, a_send("vip", vip=True))
    await _deliver(client, 2)
    before = await _snapshot(client)
    expected = {"touched": 1, "pending": 2, "already_sent": 1}
    assert (await _act(admin, method, url + "&dry_run=true"))["streams"]["stream"] == expected
    assert await _snapshot(client) == before
    assert (await _act(admin, method, url))["streams"] == {"stream": expected, "vip": {"touched": 1, "pending": 0}}
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert sorted(replica.handler.begun) == ["vip", "waiting"]


async def test_what_was_sent_is_sent_again_only_when_told_so(streams, client, admin, redis_url) -> None:
    sent = a_send("sent", id=ids.new())
    await _was_sent(client, sent)
    await streams.put(sent)
    await _deliver(client, 1)
    answer = await _act(admin, "POST", BEGIN + "&resend=true")
    assert answer["streams"]["stream"] == {"touched": 1, "pending": 1}
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert replica.handler.begun == ["sent"]


async def test_what_was_put_to_work_again_since_is_not_taken_for_sent(streams, client, admin) -> None:
    send = a_send("again", id=ids.new())
    await _was_sent(client, send)
    replayed = following(SendReplayed, send, "replayed", 3, send_id=send.id, by="ana")
    await client.xadd(keys.events(INSTANCE), {"e": encode(replayed)})
    await streams.put(send)
    assert (await _act(admin, "POST", BEGIN))["streams"]["stream"] == {"touched": 1, "pending": 0}


async def _was_sent(client, send) -> None:
    """The log says that it was asked for and accepted, among much else."""
    accepted = following(SendAccepted, send, "accepted", 2, send_id=send.id, message_id="3EB0", attempt=1)
    others = [encode(a_send(f"{n}", id=ids.new())) for n in range(1500)]
    for data in (b"\xff", encode(send), *others, encode(accepted)):
        await client.xadd(keys.events(INSTANCE), {"e": data})


# ── reset-to-latest ────────────────────────────────────────────────────────────────────────────────────────────────
async def test_reset_to_latest_keeps_what_it_skips_with_its_tries(streams, client, admin) -> None:
    sends = [a_send(f"{n}") for n in range(600)]  # several batches
    await streams.put(*sends)
    tried = Progress().begun(at=1, by="r0").ended("transient", "busy")
    await client.hset(keys.progress(INSTANCE), sends[0].id, dump(tried))
    answer = await _act(admin, "POST", LATEST + "&confirm=wa1")
    assert answer["streams"] == {"stream": {"touched": 600, "left": 0}, "vip": {"touched": 0, "left": 0}}
    letters = await streams.dead()
    assert [letter["e"] for letter in letters] == [encode(send) for send in sends]
    assert {(letter["reason"], letter["stream"]) for letter in letters} == {
        (b"skipped by reset-to-latest", STREAM.encode())
    }
    assert parse(letters[0]["progress"]) == tried
    facts = await streams.facts(SendDeadLettered)
    assert [(fact.send_id, fact.attempts) for fact in facts[:2]] == [(sends[0].id, 1), (sends[1].id, 0)]
    assert len({fact.id for fact in facts}) == 600
    assert await streams.idle()


async def test_reset_to_latest_moves_the_group_to_the_end(streams, client, admin, redis_url) -> None:
    await streams.put(*(a_send(f"{n}") for n in range(5)))
    await _deliver(client, 2)
    end = (await client.xinfo_stream(STREAM))["last-generated-id"]
    await _act(admin, "POST", LATEST + "&confirm=wa1")
    group = await _group(client)
    assert group["last-delivered-id"] == end
    assert group["lag"] == 0  # Redis can tell again
    await streams.put(a_send("next"))
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert replica.handler.begun[-1] == "next"


async def test_reset_to_latest_leaves_what_is_being_worked_on(streams, client, admin, redis_url) -> None:
    gate = Gate()
    replica = sender_replica(redis_url, streams.scripts, "r1")
    replica.handler.behave["1"] = [gate]
    async with running(replica):
        await streams.put(*(a_send(f"{n}") for n in range(1, 5)))
        await until(lambda: gate.waiting)

        async def three_wait_idly() -> bool:
            answer = await _act(admin, "POST", LATEST + "&dry_run=true")
            return answer["streams"]["stream"] == {"touched": 3, "left": 1}

        await until(three_wait_idly)
        await _act(admin, "POST", LATEST + "&confirm=wa1")
        gate.opened.set()
        await until(streams.idle)
        await streams.put(a_send("5"))
        await until(lambda: replica.handler.ended[-1:] == ["5"])
        await until(streams.idle)
    assert replica.handler.begun == ["1", "5"]
    assert len(await streams.dead()) == 3


async def test_reset_to_latest_leaves_what_the_responder_has_in_hand(streams, client, admin, redis_url) -> None:
    """Its first try is not written down: that its consumer had it a moment ago is what keeps it."""
    gate = Gate()
    handler = Recorder("p1")
    handler.behave = {}
    handler.always = gate
    replica = _responder(redis_url, handler, "p1")
    async with running(replica):
        await streams.put(an_inbound(), stream=INBOUND)
        await until(lambda: gate.waiting)
        for _ in range(3):
            answer = await _act(admin, "POST", LATEST + "&confirm=wa1&stream=inbound")
            assert answer["streams"]["inbound"] == {"touched": 0, "left": 1}
        gate.opened.set()
        await until(lambda: _gone(client, INBOUND))
    assert await streams.dead() == []


async def test_reset_to_latest_never_passes_an_entry_that_nobody_was_given(streams, client, admin, redis_url) -> None:
    """After a new group an entry under way is not pending: a group beyond it would never deliver it again."""
    begun, waiting = a_send("begun"), a_send("waiting", chat="5511977776666")
    await streams.put(begun, waiting)
    tried = Progress().begun(at=1, by="dead").sought(1)
    await client.hset(keys.progress(INSTANCE), begun.id, dump(tried))
    await _act(admin, "DELETE", RECREATE + "&confirm=wa1")
    answer = await _act(admin, "POST", LATEST + "&confirm=wa1")
    assert answer["streams"]["stream"] == {"touched": 1, "left": 1}
    assert (await _group(client))["last-delivered-id"] == b"0-0"
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert replica.handler.unknown == [begun.id]  # found, and its outcome is looked for


async def test_reset_to_latest_keeps_bytes_that_are_no_event(streams, client, admin) -> None:
    await client.xadd(STREAM, {"e": b"\xff\x00"})
    await client.xadd(STREAM, {"other": b"x"})
    await streams.put(an_inbound(), stream=INBOUND)
    answer = await _act(admin, "POST", LATEST + "&confirm=wa1&stream=all")
    assert answer["touched"] == 3
    assert [letter["e"] for letter in await streams.dead()][:2] == [b"\xff\x00", b""]
    assert len(await streams.facts(EntryDeadLettered)) == 3


# ── claim-pending-to-worker ────────────────────────────────────────────────────────────────────────────────────────
def _responder(url: str, handler: Recorder, name: str) -> Replica:
    return Replica(
        url, _Reader(handler), name=name, service="responder", group=keys.INBOUND_GROUP,
        streams_of=lambda instance: (keys.inbound(instance),),
    )  # fmt: skip


class _Reader:
    """A recorder of patients' messages."""

    counts_tries = False
    takes_turns = False

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def admit(self, delivery, owner):
        return delivery

    async def handle(self, delivery, span):
        text = delivery.event.text
        self._recorder.begun.append(text)
        if self._recorder.always:
            await self._recorder.always(delivery)
        return self._recorder.done(delivery)

    async def exhausted(self, delivery, reason):
        return await self._recorder.exhausted(delivery, reason)


async def _gone(client, stream: str) -> bool:
    return await client.xlen(stream) == 0


async def _two_with_work_at_a_gate(streams, redis_url) -> tuple[Replica, Replica, Gate]:
    """One replica has the lane and a send under way, with more behind it; another one is alive."""
    gate = Gate()
    one, two = (sender_replica(redis_url, streams.scripts, name) for name in ("r1", "r2"))
    one.handler.behave["1"] = [gate]
    await one.start()
    await streams.put(*(a_send(f"{n}") for n in range(1, 6)))
    await until(lambda: gate.waiting)
    await two.start()
    return one, two, gate


async def test_the_chosen_worker_gets_what_is_pending_once_the_other_has_ended(streams, admin, redis_url) -> None:
    one, two, gate = await _two_with_work_at_a_gate(streams, redis_url)
    await until(lambda: _is_alive(admin, "r2"))
    answer = await _act(admin, "POST", CLAIM + "&worker=r2")
    assert answer["lane"] == {"name": "sender", "holder": "r1", "goes_to": "r2"}
    assert answer["touched"] == 5
    lane = one.consumer._lanes[INSTANCE]
    await until(lambda: lane._stopping)  # asked at its next renewal; what is under way goes on
    assert two.handler.begun == []
    gate.opened.set()
    await until(streams.idle)
    assert (one.handler.begun, two.handler.begun) == (["1"], ["2", "3", "4", "5"])
    assert one.handler.unknown == two.handler.unknown == []
    assert (await streams.lease()).endswith(":r2")
    assert not await streams.client.exists(keys.assign(INSTANCE, "sender"))
    await one.stop()
    await two.stop()


async def test_a_chosen_worker_that_dies_blocks_nobody_for_long(streams, admin, redis_url, client) -> None:
    one, two, gate = await _two_with_work_at_a_gate(streams, redis_url)
    await until(lambda: _is_alive(admin, "r2"))
    await _act(admin, "POST", CLAIM + "&worker=r2")
    await two.die()
    gate.opened.set()
    await until(streams.idle)  # the assignment ran out: five lives of a lease
    assert one.handler.begun == ["1", "2", "3", "4", "5"]
    await one.stop()


async def test_the_holder_itself_can_be_told_to_take_what_others_left(streams, client, admin, redis_url) -> None:
    replica = sender_replica(redis_url, streams.scripts, "r1", stream_claim_idle_ms=60_000)
    async with running(replica):
        await streams.put(a_send("1"))
        await until(lambda: replica.handler.ended == ["1"])
        await client.xadd(STREAM, {"e": encode(a_send("left"))})
        await client.xreadgroup(keys.OUTBOUND_GROUP, "a person at a prompt", {STREAM: ">"}, count=1)
        answer = await _act(admin, "POST", CLAIM + "&worker=r1")
        assert (answer["touched"], answer["lane"]["goes_to"]) == (1, "r1")
        await until(lambda: replica.handler.ended == ["1", "left"])
        again = await _act(admin, "POST", CLAIM + "&worker=r1")
        assert (again["touched"], again["lane"]) == (0, {"name": "sender", "holder": "r1", "goes_to": None})


async def test_a_worker_that_is_not_alive_is_refused_with_those_that_are(streams, client, admin) -> None:
    answer = await admin.post(CLAIM + "&worker=nobody")
    problem = await answer.json()
    assert (answer.status, problem["parameter"], problem["alive"]) == (400, "worker", [])
    await client.set(keys.live("sender", "r1"), "1")
    await client.set(keys.live("responder", "p1"), "1")
    await until(lambda: _is_alive(admin, "r1"))
    answer = await admin.post(CLAIM + "&worker=p1")  # alive, but it sends nothing
    assert (answer.status, (await answer.json())["alive"]) == (400, ["r1"])
    answer = await admin.post(CLAIM + "&worker=r1&stream=all")
    assert (answer.status, (await answer.json())["parameter"]) == (400, "stream")
    assert await streams.facts(AdminActed) == []


async def test_the_responders_lane_can_be_given_as_well(streams, client, admin, redis_url) -> None:
    gate = Gate()
    handlers = [Recorder("p1"), Recorder("p2")]
    handlers[0].always = gate
    holder = _responder(redis_url, handlers[0], "p1")
    async with running(holder):
        await streams.put(*(an_inbound(f"{n}") for n in range(3)), stream=INBOUND)
        await until(lambda: gate.waiting)
        async with running(_responder(redis_url, handlers[1], "p2")):
            await until(lambda: _is_alive(admin, "p2", "responder"))
            answer = await _act(admin, "POST", CLAIM + "&worker=p2&stream=inbound")
            assert (answer["touched"], answer["lane"]["name"]) == (3, "responder")
            await until(lambda: holder.consumer._lanes[INSTANCE]._stopping)
            gate.opened.set()
            await until(lambda: _gone(client, INBOUND))
    assert [handler.begun for handler in handlers] == [["0"], ["1", "2"]]


async def _is_alive(admin, name: str, service: str = "sender") -> bool:
    answer = await admin.get("/admin/streams/health?instance=wa1")
    return name in (await answer.json())["consumers"][service]


# ── what a dry run counted ─────────────────────────────────────────────────────────────────────────────────────────
async def _counted(admin, method: str, url: str) -> tuple[dict, dict[str, str]]:
    """What a dry run answers, and the headers that bind the real one to it."""
    answer = await admin.request(method, f"{url}&dry_run=true")
    assert answer.status == 200, await answer.text()
    return await answer.json(), {"If-Match": answer.headers["ETag"]}


async def _refused(admin, client, method: str, url: str, headers: dict[str, str]) -> dict:
    """It is refused, and nothing is touched but perhaps a sleeper woken."""
    before = await _snapshot(client)
    answer = await admin.request(method, url, headers=headers)
    assert answer.status == 412, await answer.text()
    after = await _snapshot(client)
    assert {name: data for name, data in after.items() if b":wake:" not in name} == {
        name: data for name, data in before.items() if b":wake:" not in name
    }
    return await answer.json()


@pytest.mark.parametrize(("method", "url"), [("POST", BEGIN), ("DELETE", RECREATE + "&confirm=wa1")])
async def test_more_than_was_counted_is_not_delivered_again(streams: Streams, client, admin, method, url) -> None:
    await streams.put(a_send("1"), a_send("2"))
    dry, headers = await _counted(admin, method, url)
    await streams.put(a_send("3"))
    problem = await _refused(admin, client, method, url, headers)
    assert (dry["touched"], problem["touched"], problem["parameter"]) == (2, 3, "If-Match")
    assert "3 entries now, not 2" in problem["detail"]
    _, headers = await _counted(admin, method, url)
    assert (await _act(admin, method, url, headers=headers))["touched"] == 3


async def test_fewer_than_was_counted_are_still_done(streams: Streams, client, admin) -> None:
    """A queue that goes on being worked keeps nobody from it."""
    await streams.put(a_send("1"), a_send("2"))
    _, headers = await _counted(admin, "POST", BEGIN)
    await client.xdel(STREAM, (await client.xrange(STREAM, count=1))[0][0])
    assert (await _act(admin, "POST", BEGIN, headers=headers))["touched"] == 1


async def test_what_came_in_since_the_count_is_not_skipped(streams: Streams, client, admin) -> None:
    await streams.put(*(a_send(f"{n}") for n in range(3)))
    await client.xgroup_create(STREAM, keys.OUTBOUND_GROUP, id="0")
    dry, headers = await _counted(admin, "POST", LATEST + "&confirm=wa1")
    await streams.put(a_send("new"))
    done = await _act(admin, "POST", LATEST + "&confirm=wa1", headers=headers)
    assert done["touched"] == dry["touched"] == 3
    ((id_, _),) = await client.xrange(STREAM)
    assert (await _group(client))["last-delivered-id"] < id_
    assert await client.xlen(keys.dead_letters(INSTANCE)) == 3


async def test_what_a_worker_let_go_since_the_count_is_not_skipped(streams: Streams, client, admin) -> None:
    """It was told as being worked on, and would be set aside now."""
    await streams.put(a_send("1"), a_send("2"))
    await _deliver(client, 1)
    dry, headers = await _counted(admin, "POST", LATEST + "&confirm=wa1")
    assert dry["streams"]["stream"] == {"touched": 1, "left": 1}
    await _idle(client, 1)
    await _refused(admin, client, "POST", LATEST + "&confirm=wa1", headers)


async def test_a_lane_that_another_took_since_the_count_is_not_moved(streams: Streams, client, admin) -> None:
    await client.set(keys.live("sender", "r9"), "1")
    await client.set(keys.lease(INSTANCE, "sender"), "7:r1")
    await streams.put(a_send("1"))
    await _deliver(client, 1, "r1")
    _, headers = await _counted(admin, "POST", CLAIM + "&worker=r9")
    await client.set(keys.lease(INSTANCE, "sender"), "8:r2")
    problem = await _refused(admin, client, "POST", CLAIM + "&worker=r9", headers)
    assert "r2 has the lane now, not r1" in problem["detail"]
    await client.set(keys.lease(INSTANCE, "sender"), "9:r1")
    await streams.put(a_send("2"))
    await _deliver(client, 1, "r1")
    assert (await _refused(admin, client, "POST", CLAIM + "&worker=r9", headers))["touched"] == 2


@pytest.mark.parametrize("tag", ['"abc"', '"0a"', "W/nothing", '""', '"=="', '"é"'])
async def test_a_count_of_something_else_is_refused(streams: Streams, client, admin, tag: str) -> None:
    await streams.put(a_send("1"))
    _, headers = await _counted(admin, "POST", BEGIN)
    for other in (f"{BEGIN}&resend=true", f"{BEGIN}&stream=vip", f"{LATEST}&confirm=wa1"):
        assert "something else" in (await _refused(admin, client, "POST", other, headers))["detail"]
    await _refused(admin, client, "POST", BEGIN, {"If-Match": tag})
    assert (await _act(admin, "POST", BEGIN, headers={"If-Match": "*"}))["touched"] == 1
