"""Is what staff write down about a person kept, told, and not lost to somebody else's change?"""

import asyncio

import pytest

from shared.events import AdminActed, ContactChanged, OptoutRecorded
from shared.streams import keys
from tests.support.replica import INSTANCE

from .talk import CHAT, Talk, everything, facts, patient

ONE = f"/contacts/{CHAT}"
SHORT = "551188887777"
"""The same number as CHAT."""


async def test_a_contact_is_changed_field_by_field(talk: Talk, client) -> None:
    await patient(client)
    assert await talk.ask("GET", ONE) == {
        "instance": INSTANCE, "chat": CHAT, "name": "", "notes": "", "vip": False, "opted_out": False,
    }  # fmt: skip
    await talk.ask("PATCH", ONE, {"name": "Maria <b>", "vip": True})
    told = await talk.ask("PATCH", ONE, {"notes": "alérgica"})
    assert (told["name"], told["notes"], told["vip"]) == ("Maria <b>", "alérgica", True)
    assert await talk.ask("GET", ONE) == told
    assert await client.hget(keys.contact(INSTANCE, CHAT), "vip") == b"1"
    first, second = await facts(client, ContactChanged)
    assert (first.by, first.name, first.notes, first.vip) == ("admin", "Maria <b>", None, True)
    assert (second.name, second.notes, second.vip) == (None, "alérgica", None)
    await talk.ask("PATCH", ONE, {"vip": False})
    assert await client.hget(keys.contact(INSTANCE, CHAT), "vip") == b"0"


async def test_what_stays_the_same_is_no_fact(talk: Talk, client) -> None:
    await patient(client)
    await talk.ask("PATCH", ONE, {"name": "Maria"})
    before = await everything(client)
    await talk.ask("PATCH", ONE, {"name": "Maria", "vip": False})
    await talk.ask("PATCH", ONE, {})
    assert await everything(client) == before


async def test_a_no_to_proactive_messages_reaches_the_sender_with_its_audit(talk: Talk, client) -> None:
    await patient(client)
    await talk.ask("PATCH", ONE, {"opted_out": True})
    assert await client.get(keys.opted_out(INSTANCE, CHAT)) == b"1"
    (out,) = await facts(client, OptoutRecorded)
    (acted,) = await facts(client, AdminActed)
    assert (out.opted_out, out.chat) == (True, CHAT)
    assert (acted.actor, acted.action, acted.chat) == ("admin", "contact.opt_out", CHAT)
    assert (await talk.ask("PATCH", ONE, {"opted_out": False}))["opted_out"] is False
    assert await client.get(keys.opted_out(INSTANCE, CHAT)) == b"0"


async def test_the_patients_own_no_is_seen(talk: Talk, client) -> None:
    await patient(client)
    await client.set(keys.opted_out(INSTANCE, CHAT), "1")
    assert (await talk.ask("GET", ONE))["opted_out"] is True


@pytest.mark.parametrize(("first", "second"), [(CHAT, SHORT), (SHORT, CHAT)])
async def test_a_person_is_one_contact_however_the_number_is_spelt(talk: Talk, client, first: str, second: str) -> None:
    await patient(client, chat=first)
    await talk.ask("PATCH", f"/contacts/{second}", {"notes": "alérgica", "vip": True, "opted_out": True})
    told = await talk.ask("GET", f"/contacts/{first}")
    assert (told["notes"], told["vip"], told["opted_out"]) == ("alérgica", True, True)
    assert [await client.get(keys.opted_out(INSTANCE, chat)) for chat in (first, second)] == [b"1", b"1"]
    await talk.ask("PATCH", f"/contacts/{first}", {"vip": False, "opted_out": False})
    told = await talk.ask("GET", f"/contacts/{second}")
    assert (told["notes"], told["vip"], told["opted_out"]) == ("alérgica", False, False)


async def test_what_was_written_down_by_spelling_is_read_and_moves_when_it_is_changed(talk: Talk, client) -> None:
    await patient(client)
    (about,), (word,) = keys.contact_by_spelling(INSTANCE, CHAT), keys.opted_out_by_spelling(INSTANCE, CHAT)
    assert (about, word) == (f"wa:{{{INSTANCE}}}:contact:{CHAT}", f"wa:{{{INSTANCE}}}:opted_out:{CHAT}")
    await client.hset(about, mapping={"name": "Maria", "notes": "alérgica", "vip": "1", "revision": "3"})
    await client.hset(keys.contact(INSTANCE, SHORT), mapping={"name": "", "notes": "prefere a tarde", "revision": "1"})
    await client.hset(keys.chat(INSTANCE, CHAT), "vip", "1")
    await client.set(word, "1")
    old = await talk.ask("GET", ONE)
    assert old | {"notes": sorted(old["notes"].splitlines())} == {
        "instance": INSTANCE, "chat": CHAT, "name": "Maria", "notes": ["alérgica", "prefere a tarde"], "vip": True,
        "opted_out": True,
    }  # fmt: skip
    new = await talk.ask("PATCH", ONE, {"vip": False, "opted_out": False})
    assert new == old | {"vip": False, "opted_out": False} == await talk.ask("GET", ONE)
    assert await client.exists(about, word, keys.chat(INSTANCE, CHAT)) == 0
    assert await client.hgetall(keys.contact(INSTANCE, CHAT)) == {
        b"name": b"Maria", b"notes": old["notes"].encode(), b"vip": b"0", b"revision": b"2",
    }  # fmt: skip
    assert await client.get(keys.opted_out(INSTANCE, CHAT)) == b"0"


async def test_a_change_of_what_somebody_else_changed_is_refused(talk: Talk, client) -> None:
    await patient(client)
    tag = (await talk.headers("GET", ONE))["ETag"]
    await talk.ask("PATCH", ONE, {"notes": "from ana"}, headers={"If-Match": tag})
    before = await everything(client)
    problem = await talk.ask("PATCH", ONE, {"notes": "from bia"}, 412, headers={"If-Match": tag})
    assert problem["parameter"] == "If-Match"
    assert await everything(client) == before
    assert (await talk.ask("GET", ONE))["notes"] == "from ana"


async def test_of_many_changes_of_one_state_one_is_done(talk: Talk, client) -> None:
    await patient(client)
    tag = (await talk.headers("GET", ONE))["ETag"]
    asked = [
        talk._admin.request("PATCH", f"/admin{ONE}", json={"notes": str(n)}, params={"instance": INSTANCE},
                            headers={"If-Match": tag})
        for n in range(10)
    ]  # fmt: skip
    statuses = sorted(answer.status for answer in await asyncio.gather(*asked))
    assert statuses == [200] + [412] * 9
    assert len(await facts(client, ContactChanged)) == 1


@pytest.mark.parametrize(
    ("parameter", "body"),
    [("name", {"name": "a" * 101}), ("notes", {"notes": 5}), ("vip", {"vip": "yes"}), ("phone", {"phone": "1"}),
     ("opted_out", {"opted_out": 1})],
)  # fmt: skip
async def test_a_faulty_change_is_named_and_changes_nothing(talk: Talk, client, parameter: str, body: dict) -> None:
    await patient(client)
    before = await everything(client)
    await talk.refused(400, parameter, "PATCH", ONE, body)
    assert await everything(client) == before


async def test_nobody_is_made_up(talk: Talk, client) -> None:
    before = await everything(client)
    await talk.refused(404, "chat", "GET", ONE)
    await talk.refused(404, "chat", "PATCH", ONE, {"vip": True})
    await talk.refused(400, "chat", "PATCH", "/contacts/maria", {"vip": True})
    assert await everything(client) == before
