"""Is whoever waits for a person found, at whichever of a clinic's or an agency's numbers?"""

from shared.clock import SYSTEM
from shared.events import HandoffRequested, encode, following
from shared.streams import keys
from shared.streams.roster import views_hint

from .talk import Talk, folded, patient, wrote

NUMBERS = ("wa1", "wa2", "wa3", "wa4")


async def _call(client, instance: str, chat: str, at: int, *, urgent: bool = False) -> None:
    came = wrote(chat=chat, instance=instance)
    call = following(HandoffRequested, came, "h", at, why="person", urgent=urgent)
    await client.sadd(keys.INSTANCES, instance)
    for fact in (came, call):
        await client.xadd(keys.events(instance), {"e": encode(fact)})
    await client.execute_command(*views_hint(instance))


async def test_calls_of_all_numbers_are_one_list_page_by_page(talk: Talk, client) -> None:
    now = SYSTEM.now_ms()
    await patient(client, instance="wa1")
    at = {"5511988880001": 1, "5511988880002": 1, "5511988880003": 2}  # two at the same moment
    for instance in NUMBERS[1:]:
        for chat, ms in at.items():
            await _call(client, instance, chat, now + ms, urgent=(instance, ms) == ("wa3", 2))
    for instance in NUMBERS:
        await folded(client, instance)
    told = await talk.ask("GET", "/calls", instance=None)
    assert told == {"total": 9, "instances": {"wa2": 3, "wa3": 3, "wa4": 3}}
    found, cursor = [], ""
    while cursor is not None:
        about = {"cursor": cursor} if cursor else {}
        page = await talk.ask("GET", "/conversations?status=wanted", instance=None, limit=2, **about)
        found, cursor = [*found, *page["items"]], page["next"]
    places = [(one["urgent"], -one["wanted_at"], one["instance"], one["chat"]) for one in found]
    assert places == sorted(set(places), reverse=True)
    assert (len(places), places[0][2:]) == (9, ("wa3", "5511988880003"))
    page = await talk.ask("GET", "/conversations?status=wanted", instance=None, find="0003")
    assert [one["instance"] for one in page["items"]] == ["wa3", "wa4", "wa2"]


async def test_only_calls_are_told_of_all_numbers(talk: Talk) -> None:
    await talk.refused(400, "instance", "GET", "/conversations", instance=None)
    await talk.refused(400, "instance", "GET", "/conversations?status=taken", instance=None)
    await talk.refused(400, "cursor", "GET", "/conversations?status=wanted", instance=None, cursor="x")
