"""Is a message's story told, and can it be taken back while it waits?"""

import pytest

from shared import ids
from shared.streams import keys
from tests.support.replica import INSTANCE

from .talk import CHAT, Talk, everything, folded, patient


async def test_a_story_is_found_by_the_messages_id(talk: Talk, client) -> None:
    await patient(client, "oi")
    await folded(client)
    (line,) = (await talk.ask("GET", f"/conversations/{CHAT}/messages"))["items"]
    told = await talk.ask("GET", f"/messages/{line['id']}/story")
    assert [step["type"] for step in told["steps"]] == ["message.received.v1"]


async def test_a_message_that_waits_is_taken_back_once_and_for_all(talk: Talk, client) -> None:
    await patient(client)
    sent = await talk.ask("POST", f"/conversations/{CHAT}/reply", {"text": "a"}, 202)
    assert await talk.ask("DELETE", f"/messages/{sent['id']}") == {"id": sent["id"], "status": "cancelled"}
    assert await client.xlen(keys.outbound(INSTANCE)) == 0
    await talk.ask("DELETE", f"/messages/{sent['id']}")


@pytest.mark.parametrize("what", ["/story", ""])
async def test_a_message_that_nobody_knows_is_told(talk: Talk, client, what: str) -> None:
    before = await everything(client)
    method = "GET" if what else "DELETE"
    await talk.ask(method, f"/messages/{ids.new()}{what}", status=404)
    await talk.refused(404, "instance", method, f"/messages/{ids.new()}{what}", instance="wa9")
    await talk.ask(method, f"/messages/{'x' * 500}{what}", status=404 if what else 400)
    assert await everything(client) == before


async def test_what_is_scheduled_comes_page_by_page(talk: Talk) -> None:
    assert await talk.ask("GET", "/messages/scheduled") == {"items": [], "next": None}
