"""Is what a person sends done once, when the process died before it could keep its answer and they send it again?"""

import pytest

from admin.http import remembering
from admin.http.remembering import Remembering
from shared.events import BroadcastStarted, SendRequested
from shared.streams import keys
from tests.support.replica import INSTANCE

from .talk import CHAT, Talk, facts, patient

KEY = {"Idempotency-Key": "from-the-form"}


@pytest.fixture
def dies_once(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The first answer is not kept: its write had its effect, and never ended."""
    end, lost = Remembering._end, list[bytes]()

    async def cut(self: Remembering, name: str, mark: str, kept: bytes) -> None:
        if not lost:
            lost.append(kept)
            raise ConnectionError("cut behind the effect")
        await end(self, name, mark, kept)

    monkeypatch.setattr(Remembering, "_end", cut)
    monkeypatch.setattr(remembering, "BUSY_MS", 1)
    return lost


async def test_a_reply_is_sent_once(talk: Talk, client, dies_once: list[bytes]) -> None:
    await patient(client)
    path, said = f"/conversations/{CHAT}/reply", {"text": "já vou ver"}
    await talk.ask("POST", path, said, 503, KEY)
    told = await talk.ask("POST", path, said, 202, KEY)
    assert dies_once
    (send,) = await facts(client, SendRequested)
    assert (send.id, await client.xlen(keys.outbound(INSTANCE))) == (told["id"], 1)
    await talk.ask("POST", path, said, 202)  # without the key it is another message
    assert len(await facts(client, SendRequested)) == 2


async def test_a_broadcast_is_started_once(talk: Talk, client, dies_once: list[bytes]) -> None:
    people = [{"to": f"551198000000{n}", "variables": {"name": "Ana"}} for n in range(3)]
    body = {"template": "results_ready", "recipients": people, "confirm": INSTANCE}
    await talk.ask("POST", "/broadcasts", body, 503, KEY)
    told = await talk.ask("POST", "/broadcasts", body, 202, KEY)
    assert dies_once
    assert [fact.broadcast_id for fact in await facts(client, BroadcastStarted)] == [told["id"]]
    assert await client.zcard(keys.broadcasts(INSTANCE)) == 1
    await talk.ask("POST", "/broadcasts", body, 202)
    assert await client.zcard(keys.broadcasts(INSTANCE)) == 2
