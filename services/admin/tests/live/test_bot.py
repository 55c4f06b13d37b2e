"""Is the bot quiet everywhere it was meant to be, and nowhere else?"""

import pytest

from shared.events import BotPaused, BotResumed
from shared.streams import keys
from tests.support.replica import INSTANCE

from .talk import CHAT, Talk, everything, facts, folded, patient


async def test_the_bot_is_paused_and_resumed_in_an_instance(talk: Talk, client) -> None:
    told = await talk.ask("POST", "/bot/pause", {"minutes": 10, "reason": "obras"})
    assert (told["instances"], told["paused"]) == ([INSTANCE], True)
    state = await client.hgetall(keys.bot(INSTANCE))
    assert state == {b"paused_until": str(told["paused_until"]).encode(), b"by": b"admin"}
    (paused,) = await facts(client, BotPaused)
    assert (paused.chat, paused.by, paused.why) == ("", "admin", "obras")
    assert (await talk.ask("POST", "/bot/resume"))["paused"] is False
    assert not await client.exists(keys.bot(INSTANCE))
    assert len(await facts(client, BotResumed)) == 1


async def test_a_clinics_instances_are_all_meant(talk: Talk, client) -> None:
    """Those that its file names, and, for the default clinic, those that no file names."""
    await client.sadd(keys.INSTANCES, "wa2")
    told = await talk.ask("POST", "/bot/pause", {}, instance=None, clinic="demo")
    assert {INSTANCE, "wa2"} <= set(told["instances"])
    for name in told["instances"]:
        assert await client.hget(keys.bot(name), "paused_until") == b"9999999999999"
        assert len(await facts(client, BotPaused, name)) == 1


async def test_a_clinic_of_its_own_leaves_the_others_alone(talk: Talk, client) -> None:
    told = await talk.ask("POST", "/bot/pause", {}, instance=None, clinic="dosplazas")
    assert INSTANCE not in told["instances"]
    assert not await client.exists(keys.bot(INSTANCE))


@pytest.mark.parametrize(
    ("status", "parameter", "query"),
    [(400, "instance", {"instance": None}), (400, "instance", {"clinic": "demo"}),
     (404, "clinic", {"instance": None, "clinic": "nope"}), (404, "instance", {"instance": "wa9"})],
)  # fmt: skip
async def test_where_is_meant_has_to_be_clear(talk: Talk, client, status: int, parameter: str, query: dict) -> None:
    before = await everything(client)
    await talk.refused(status, parameter, "POST", "/bot/pause", {}, **query)
    assert await everything(client) == before


async def test_who_reads_a_conversation_is_told_that_the_bot_is_paused_everywhere(talk: Talk, client) -> None:
    """Else staff wait for an answer that does not come."""
    await patient(client)
    await folded(client)

    async def all_paused() -> bool:
        return (await talk.ask("GET", f"/conversations/{CHAT}"))["all_paused"]

    assert not await all_paused()
    await talk.ask("POST", "/bot/pause", {})
    assert await all_paused()
    await talk.ask("POST", "/bot/resume")
    assert not await all_paused()
