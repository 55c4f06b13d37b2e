"""In which order do lists stand, what is a chat's last word, and do all of them come out of a rebuild the same?"""

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest

from admin.views.model import Conversation
from admin.views.store import Store
from shared.clock import ManualClock
from shared.events import (
    AnyEvent,
    HandoffRequested,
    SendAccepted,
    SendAttempted,
    SendCancelled,
    SendDelivered,
    SendExpired,
    SendFailed,
    SendRequested,
    SendScheduled,
    following,
)
from shared.streams.scripts import Scripts
from tests.support.log import Stories, write
from tests.support.replica import a_send
from tests.support.views import caught_up, compare, projecting

WA1 = "wa1"
CHAT = "5511988887777"
Told = Callable[..., Awaitable[None]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(client, clock) -> Store:
    return Store(Scripts(client), clock)


@pytest.fixture
async def told(client, redis_url: str) -> AsyncIterator[Told]:
    """Writes facts and waits until the views hold them. In the end a rebuild must come to the same."""
    async with projecting(redis_url):

        async def write_down(*facts: AnyEvent) -> None:
            await write(client, WA1, facts)
            await caught_up(client, WA1)

        yield write_down
    assert await compare(redis_url, WA1) == []


def _about(send: SendRequested, kind: type, at: int, **about: object) -> AnyEvent:
    fact: AnyEvent = following(kind, send, f"{kind.__name__}/{at}", at, send_id=send.id, **about)
    return fact


def _sent(send: SendRequested, at: int) -> list[AnyEvent]:
    return [_about(send, SendAttempted, at, attempt=1), _about(send, SendAccepted, at, attempt=1, message_id=send.id)]


async def _waiting(store: Store, **asked: str) -> list[str]:
    """The chats that want a person, read two by two."""
    found: list[Conversation] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await store.conversations(WA1, status="wanted", cursor=cursor, limit=2, **asked)
        found, cursor = [*found, *page.items], page.next
    return [one.chat[-1] for one in found]


async def test_urgent_chats_come_first_then_who_has_waited_longest(store, told, clock) -> None:
    stories, facts = Stories(WA1, seed=11, clock=clock), []
    for n, urgent in enumerate((False, False, True, False, True)):
        received = stories.one(f"551198888000{n}")[0]
        facts += [received, following(HandoffRequested, received, "h", clock.now_ms(), why="person", urgent=urgent)]
        clock.advance(5)
    facts.append(stories.one("5511988880000")[0])  # who writes again has not waited less
    await told(*facts)
    assert await _waiting(store) == list("24013")
    assert await _waiting(store, find="551198888") == list("24013")
    later = following(HandoffRequested, facts[6], "again", clock.now_ms(), why="emergency", urgent=True)
    await told(later)
    assert await _waiting(store) == list("23401")


async def test_a_patient_is_placed_by_arrival_within_whatsapps_second(store, told, clock) -> None:
    clock.advance(0.2)
    ours = a_send("Bom dia!", CHAT, instance=WA1, clock=clock)
    clock.advance(0.4)
    received = Stories(WA1, seed=12, clock=clock).one(CHAT)[0]
    assert received.occurred_at < ours.recorded_at < received.recorded_at
    late = msgspec.structs.replace(
        received, id=f"{received.id}x", message_id="late", recorded_at=clock.now_ms() + 9_000
    )
    await told(ours, *_sent(ours, ours.recorded_at), received, late)
    messages = (await store.messages(WA1, CHAT)).items
    assert [one.id for one in messages] == [late.id, received.id, ours.id]
    assert messages[0].at // 1000 == received.occurred_at // 1000  # what came late was written when WhatsApp says


@pytest.mark.parametrize("fate", ["scheduled", "cancelled", "failed", "expired"])
async def test_the_last_word_is_one_that_was_said(fate: str, client, store, told, clock) -> None:
    received = Stories(WA1, seed=13, clock=clock).one(CHAT)[0]
    clock.advance(5)
    send = a_send("Até amanhã!", CHAT, instance=WA1, clock=clock, send_class="reminder")
    at = clock.now_ms()
    become = {
        "scheduled": _about(send, SendScheduled, at, until=at + 60_000, why="quiet hours"),
        "cancelled": _about(send, SendCancelled, at, by="rita"),
        "failed": _about(
            send, SendFailed, at, attempt=1, category="permanent", reason="not a phone number", final=True
        ),
        "expired": _about(send, SendExpired, at, expired_at=at),
    }
    await told(received, send)
    assert await _last(store) == ("Até amanhã!", "clinic", at)  # it is on its way
    await told(become[fate])
    assert await _last(store) == (received.text, "patient", received.recorded_at)


async def test_what_waited_for_its_time_is_the_last_word_once_it_goes_out(store, told, clock) -> None:
    at = clock.now_ms()
    send = a_send("Sua consulta é hoje", CHAT, instance=WA1, clock=clock, send_class="reminder", not_before=at + 60_000)
    clock.advance(30)
    received = Stories(WA1, seed=14, clock=clock).one(CHAT)[0]
    await told(send)
    assert await _last(store) == ("", "patient", at)  # nothing was said yet
    await told(_about(send, SendScheduled, at, until=at + 60_000, why="asked for this time"), received)
    assert await _last(store) == (received.text, "patient", received.recorded_at)
    clock.advance(30)
    await told(*_sent(send, clock.now_ms()))
    assert await _last(store) == ("Sua consulta é hoje", "clinic", clock.now_ms())


async def _last(store: Store) -> tuple[str, str, int]:
    (one,) = (await store.conversations(WA1)).items
    return one.last_text, one.last_author, one.last_at


async def test_what_failed_for_good_is_listed_newest_first_unless_it_arrived_after_all(store, told, clock) -> None:
    sends = [a_send(f"{n}", f"551198888000{n}", instance=WA1, clock=clock) for n in range(5)]
    facts: list[AnyEvent] = [*sends]
    for n, send in enumerate(sends[:4]):
        clock.advance(1)
        about = {"attempt": 1, "reason": f"because {n}", "final": n != 3}
        facts.append(_about(send, SendFailed, clock.now_ms(), category="permanent", **about))
    clock.advance(1)
    facts.append(_about(sends[4], SendExpired, clock.now_ms(), expired_at=clock.now_ms()))
    await told(*facts)
    first = await store.failed(WA1, limit=2)
    rest = await store.failed(WA1, limit=2, cursor=first.next or "")
    found = [*first.items, *rest.items]
    assert [(one.text, one.progress) for one in found] == [
        ("4", "expired"), ("2", "failed"), ("1", "failed"), ("0", "failed"),
    ]  # fmt: skip
    assert (found[0].failed_at, found[1].reason, rest.next) == (clock.now_ms(), "because 2", None)
    await told(_about(sends[2], SendDelivered, clock.now_ms(), message_id="BAE5"))
    assert [one.text for one in (await store.failed(WA1)).items] == list("410")
