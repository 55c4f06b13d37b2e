"""How is a send put aside until a time, so that it holds nobody and its tries still count?"""

from sender.facts import Facts
from shared.events import Event, SendRequested
from shared.events.spelling import written_ways
from shared.streams import keys
from shared.streams.delivery import Delivery, Done, Park, State
from shared.streams.progress import Progress

AWAITING_MS = 31 * 86_400_000  # longer than anything is parked for this; the patient may write any day


def parked(
    delivery: Delivery, event: SendRequested, facts: Facts, until: int, why: str, *,
    also: tuple[Event, ...] = (), progress: Progress | None = None, for_contact: bool = False,
) -> Done:  # fmt: skip
    """Out of its stream until `until` (ms). With `for_contact`, or as soon as the patient writes.

    `also` are facts that come before the one that says so; `progress` is its tries, where they changed meanwhile.
    """
    progress = progress or delivery.progress
    return Done(
        (*also, facts.scheduled(until, why)),
        parks=(Park(event.id, until, delivery.entry.stream, event),),
        states=_awaiting(event) if for_contact else (),
        progress=progress,
        keep=progress.next_number > 1,
    )


def _awaiting(event: SendRequested) -> tuple[State, ...]:
    names = written_ways(event.chat)
    return tuple(State(keys.awaiting(event.instance, name), {event.id: 1}, AWAITING_MS) for name in names)
