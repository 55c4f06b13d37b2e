"""Is no second try begun on the strength of a look that was made too early?"""

from unittest import mock

from sender.acceptance import Acceptance
from sender.breaker import Breaker
from sender.facts import Facts
from sender.seeking import Seeker
from shared.clock import ManualClock
from shared.events import encode
from shared.streams import keys
from shared.streams.delivery import Delivery, Entry, Hold
from shared.streams.progress import Progress
from tests.support.replica import a_send

CALL_S, PROOF_WAIT_S = 30, 15


async def alive() -> bool:
    return True


async def test_a_process_that_stood_still_while_it_looked_looks_again() -> None:
    clock = ManualClock()
    send = a_send(clock=clock)
    progress = Progress().begun(at=clock.now_ms(), by="s1").sought(clock.now_ms())
    delivery = Delivery(Entry(keys.outbound("wa1"), "1-0", encode(send)), send, progress, fence=1)

    async def stands_still(*_: object) -> None:
        clock.advance(3600)

    proof = mock.Mock(echoed=stands_still)
    seeker = Seeker(proof, Breaker(alive), Acceptance(clock, 0), clock, PROOF_WAIT_S, CALL_S)
    outcome = await seeker.seek(delivery, send, Facts(send, clock))
    assert isinstance(outcome, Hold)
    assert outcome.progress.last
    assert outcome.progress.last.is_open
    assert not outcome.facts
    proof.searched.assert_not_called()  # so nobody had asked the gateway yet
