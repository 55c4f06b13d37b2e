"""One person is one chat, however their number is spelt: by the gateway, or by whoever writes to them first."""

import pytest

from admin.views.store import Store
from shared.clock import ManualClock
from shared.events import HandoffRequested, SendAccepted, following
from shared.streams import keys
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.replica import a_send
from tests.support.views import caught_up, compare, projecting

WA1 = "wa1"
SPELLINGS = [("5511988887777", "551188887777"), ("5215512345678", "525512345678"), ("5491123456789", "541123456789")]
EITHER = [*SPELLINGS, *((short, long) for long, short in SPELLINGS)]


@pytest.mark.parametrize(("ours", "gateways"), EITHER)
@pytest.mark.parametrize("first", ["ours", "gateways"])
async def test_two_spellings_are_one_chat_that_is_called_as_the_gateway_calls_it(
    redis_url: str, client, ours: str, gateways: str, first: str
) -> None:
    clock = ManualClock()
    reminder = a_send("Amanhã às 9h", ours, send_class="reminder", clock=clock)
    accepted = following(
        SendAccepted, reminder, "accepted/1", clock.now_ms() + 5, send_id=reminder.id, attempt=1, message_id="3EB0R"
    )
    story = Stories(WA1, seed=3, clock=clock).one(gateways)
    wanted = following(HandoffRequested, story[0], "handoff", clock.now_ms() + 9, why="person")
    told = [reminder, accepted] if first == "ours" else []
    await write(client, WA1, [*told, *story, wanted, *([] if told else [reminder, accepted])])
    async with projecting(redis_url, clock=clock):
        await caught_up(client, WA1)
    assert await compare(redis_url, WA1) == []
    store = Store(Scripts(client), clock)
    (chat,) = (await store.conversations(WA1)).items
    listed = sum(1 for event in (reminder, *story) if type(event).__name__ in ("SendRequested", "MessageReceived"))
    assert (chat.chat, chat.messages, chat.status) == (gateways, listed, "wanted")
    for name in (ours, gateways):
        assert await store.conversation(WA1, name) == chat
        assert (await store.conversations(WA1, find=name)).items == [chat]
        assert len((await store.messages(WA1, name)).items) == listed
    page = await store.messages(WA1, ours, limit=1)
    assert page.next is not None
    assert len((await store.messages(WA1, gateways, cursor=page.next)).items) == listed - 1
    assert await client.zcard(keys.view(WA1, 1, "recent")) == 1


async def test_a_chat_of_one_that_never_wrote_is_called_as_we_called_it(redis_url: str, client) -> None:
    clock = ManualClock()
    await write(client, WA1, [a_send("Amanhã às 9h", "5511988887777", send_class="reminder", clock=clock)])
    async with projecting(redis_url, clock=clock):
        await caught_up(client, WA1)
    (chat,) = (await Store(Scripts(client), clock).conversations(WA1)).items
    assert chat.chat == "5511988887777"
