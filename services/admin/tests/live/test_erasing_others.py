"""Does an erasure stay with the person it was ordered of, and does what goes on meanwhile stay sound?"""

from typing import Any

import pytest

from admin.privacy import erasing
from admin.privacy.names import Person
from admin.views.projecting import following
from shared import ids
from shared.clock import SYSTEM, ManualClock
from shared.events import MessageReceived, SendRequested, encode
from shared.streams import keys
from tests.support.log import Stories, write
from tests.support.replica import a_send
from tests.support.waiting import until

from .talk import Talk, facts, folded

WA1 = "wa1"
THEM = "5511987654321"
LONGER = THEM + "0"
"""Somebody else's number, which begins with theirs."""
LATER = SYSTEM.now_ms() + 3_600_000
NAME = "Quitéria Sá"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "READERS_END_MS", 50)
    monkeypatch.setattr(erasing, "LOOK_EVERY_S", 0.05)


def _wrote(stories: Stories, chat: str = THEM, text: str = "bom dia", **about: Any) -> MessageReceived:
    now = stories.clock.now_ms()
    id_ = ids.new(stories.clock)
    return MessageReceived(
        id=id_, instance=WA1, chat=chat, author="patient", kind="text", text=text, sender_name=NAME,
        occurred_at=now, recorded_at=now, **({"message_id": f"3EB0{id_[-12:]}"} | about),
    )  # fmt: skip


async def _erase(talk: Talk, chat: str = THEM, **body: str) -> Any:
    told = await talk.ask("POST", "/privacy/erase", {"chat": chat, **body}, 202, confirm=chat)

    async def done() -> Any:
        answer = await talk.ask("GET", f"/privacy/erasures/{told['id']}")
        return answer if answer["state"] == "done" else None

    return await until(done, seconds=60)


async def test_who_has_a_longer_number_that_begins_with_theirs_keeps_everything(talk, client) -> None:
    stories = Stories(WA1, 1, ManualClock())
    others = [_wrote(stories, LONGER), *stories.one(LONGER), _wrote(stories, "1" + THEM)]
    await write(client, WA1, [_wrote(stories), *others])
    for chat in (THEM, LONGER):
        await client.hset(keys.chat(WA1, chat), "bot", "x")
        await client.sadd(keys.contacts(WA1), chat)
        await client.xadd(keys.outbound(WA1), {"e": encode(a_send("oi", chat, instance=WA1))})
        await client.zadd(keys.echoes(WA1, "abc"), {f"3EB0 {chat} x": 1})
    told = await _erase(talk)
    assert told["found"] == 0, told
    logged = {fields[b"e"] for _, fields in await client.xrange(keys.events(WA1))}
    assert [fact for fact in others if encode(fact) not in logged] == []
    assert await client.smembers(keys.contacts(WA1)) == {LONGER.encode()}
    assert await client.exists(keys.chat(WA1, LONGER)) == 1
    assert [await client.xlen(keys.outbound(WA1)), await client.zcard(keys.echoes(WA1, "abc"))] == [1, 1]


async def test_who_sends_a_message_with_the_id_of_theirs_is_not_taken_for_them(talk, client) -> None:
    """Whoever sends a message chooses its id."""
    stories, other = Stories(WA1, 1, ManualClock()), "5511900000001"
    theirs = _wrote(stories)
    others = [_wrote(stories, other, message_id=theirs.message_id, lid="998877665544332@lid"), *stories.one(other)]
    await write(client, WA1, [theirs, *others])
    await client.hset(keys.chat(WA1, other), "bot", "x")
    told = await _erase(talk)
    assert (told["found"], told["names"], told["facts"]) == (0, 2, 1)
    log = [fields[b"e"] for _, fields in await client.xrange(keys.events(WA1))]
    assert log[: len(others)] == [*map(encode, others)]
    assert await client.exists(keys.chat(WA1, other)) == 1


@pytest.mark.parametrize("length", [13, 31, 32, 48, 57, 58, 255, 256, 0x3030, 0x3939])
def test_a_number_is_found_wherever_it_stands_in_the_bytes_of_a_text(length: int) -> None:
    """MessagePack writes a text's length before it: one from 48 to 57 looks like a digit."""
    event = _wrote(Stories(WA1, 2, ManualClock()), "5511900000000", THEM + "," * (length - len(THEM)))
    person = Person({THEM})
    assert person.named_in(encode(event))
    assert person.named_in(encode(_wrote(Stories(WA1, 2, ManualClock()), "5511900000000", f"liga 00{THEM}")))
    assert not person.named_in(encode(_wrote(Stories(WA1, 2, ManualClock()), LONGER, "oi")))


async def test_an_erased_persons_place_in_a_broadcast_sends_nothing(talk, client) -> None:
    stories = Stories(WA1, 3, ManualClock())
    await write(client, WA1, [_wrote(stories)])
    everybody = ["5511900000001", THEM, "5511900000003"]
    body = {"template": "results_ready", "recipients": [
        {"to": to, "variables": {"name": "Ana"}} for to in everybody
    ]}  # fmt: skip
    started = await talk.ask("POST", "/broadcasts", {**body, "send_at": LATER, "confirm": WA1}, 202)
    assert (await _erase(talk))["found"] == 0
    # its time comes
    key = keys.broadcast(WA1, started["id"])
    about = (await client.hget(key, "about")).replace(str(LATER).encode(), b"1")
    await client.hset(key, "about", about)

    async def done() -> bool:
        return (await talk.ask("GET", f"/broadcasts/{started['id']}"))["state"] == "done"

    await until(done)
    sends = [fact for fact in await facts(client, SendRequested) if fact.broadcast_id]
    assert [send.to for send in sends] == ["5511900000001", "5511900000003"]


async def test_a_reason_that_calls_them_by_name_is_refused(talk, client) -> None:
    await write(client, WA1, [_wrote(Stories(WA1, 4, ManualClock()))])
    await folded(client)
    for reason in ("a pedido de Quitéria Sá", "quiteria pediu por e-mail"):
        problem = await talk.ask("POST", "/privacy/erase", {"chat": THEM, "reason": reason}, 400, confirm=THEM)
        assert problem["parameter"] == "reason"


async def test_a_reason_that_names_them_is_not_kept(talk, client) -> None:
    """The views may not know yet what the log knows."""
    stories = Stories(WA1, 5, ManualClock())
    lid = "123456789012345@lid"
    await write(client, WA1, [_wrote(stories, lid=lid), _wrote(stories, lid)])
    told = await _erase(talk, lid, reason="pedido de 11 98765-4321")
    assert (told["found"], told["reason"]) == (0, erasing.NOT_KEPT)


async def test_who_died_in_the_middle_did_not_take_the_persons_other_names_along(talk, client, monkeypatch) -> None:
    """The log leads from a number to a LID; when it is rewritten, it does so no more."""
    run, cuts = erasing.Rewriting.run, [1]

    async def dies_once(self: Any, *about: Any) -> None:
        await run(self, *about)
        if cuts:
            cuts.pop()
            raise ConnectionError("cut behind the swap")

    monkeypatch.setattr(erasing.Rewriting, "run", dies_once)
    stories, lid = Stories(WA1, 6, ManualClock()), "123456789012345@lid"
    await write(client, WA1, [_wrote(stories, lid=lid), _wrote(stories, lid)])
    # what a look through the other keys misses, because it comes after it
    removing = erasing.Removing.run

    async def written_behind(self: Any) -> None:
        await removing(self)
        if cuts:
            await client.hset(keys.chat(WA1, lid), "bot", "x")

    monkeypatch.setattr(erasing.Removing, "run", written_behind)
    assert (await _erase(talk))["found"] == 0
    assert cuts == []
    assert await client.exists(keys.chat(WA1, lid)) == 0


async def test_an_order_that_cannot_be_read_keeps_nobody_else_waiting(talk: Talk, client) -> None:
    await client.sadd(keys.INSTANCES, "wa0")
    await client.sadd(keys.ERASING, "wa0")
    await client.hset(keys.erasing("wa0"), "x", b'{"id":"x"}')
    stories = Stories(WA1, seed=5)
    await write(client, WA1, [_wrote(stories)])
    await folded(client, WA1)
    query = {"instance": WA1, "confirm": THEM}
    order = await talk.ask("POST", "/privacy/erase", {"chat": THEM}, 202, **query)

    async def done() -> bool:
        told = await talk.ask("GET", f"/privacy/erasures/{order['id']}", instance=WA1)
        return bool(told["state"] == "done")

    await until(done)
