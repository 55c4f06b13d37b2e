"""Do the promises that `make figures` and `make chaos` measure at length hold in a few seconds too?"""

import pytest

from tests.chaos import durability, outage, restarts


@pytest.mark.slow
def test_a_restart_of_every_service_under_load_loses_and_doubles_nothing() -> None:
    came_to = restarts.run({"ingest": 1, "responder": 1, "sender": 1, "admin": 1}, rate=8.0, chats=10)
    assert not came_to.verdict.broken, came_to.verdict.troubles
    assert came_to.unclean == []
    assert came_to.verdict.messages > 20


@pytest.mark.slow
@pytest.mark.parametrize(("appendfsync", "waits"), [("always", False), ("everysec", True)])
def test_a_redis_killed_under_load_loses_nothing_that_was_answered(appendfsync: str, waits: bool) -> None:
    came_to = durability.run(appendfsync, 2, waits=waits, busy=True, load_s=1.0)
    assert (came_to.lost, came_to.doubled) == (0, 0), str(came_to)
    assert came_to.answered > 50


@pytest.mark.slow
def test_a_gateway_that_is_down_is_not_stormed_and_everything_arrives_in_order_after_it() -> None:
    came_to = outage.run(40, 4.0, rate=20.0, chats=10)
    assert (came_to.arrived, came_to.in_order) == (40, True), str(came_to)
    assert came_to.calls_while_down <= 20, "sixteen were on their way when it went"
