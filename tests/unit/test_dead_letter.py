"""Is each end of a send a fact of its own, also when it was replayed and ended again?"""

from sender.dead_letter import dead_letter
from shared.clock import ManualClock
from shared.streams.delivery import Delivery, Entry
from shared.streams.progress import Progress
from tests.support.replica import a_send


def _ends(send, progress: Progress):
    (fact,) = dead_letter(Delivery(Entry("s", "1-0", b""), send, progress, 1), "no", ManualClock()).facts
    return fact


def test_a_send_that_dies_again_after_a_replay_has_another_dead_letter() -> None:
    send = a_send("oi")
    first = Progress().begun(at=1, by="s1").ended("permanent", "no")
    replayed = Progress(uncounted=first.next_number - 1).begun(at=2, by="s1").ended("permanent", "no")
    assert _ends(send, first).id != _ends(send, replayed).id
    assert _ends(send, first).id == _ends(send, first).id
    assert _ends(send, replayed).attempts == 1
