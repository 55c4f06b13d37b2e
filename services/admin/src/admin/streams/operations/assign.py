"""How does pending work go to a certain replica? Its lane does: only who holds a lane's lease works its entries.

The lane's holder sees at its next renewal that another is to have it: it begins nothing more, ends what it began, and
lets go. The chosen replica takes the lane, and with it everything that is pending.
"""

from admin.http.problems import Problem
from admin.streams.operations.counted import check_counted
from admin.streams.operations.order import Order
from admin.streams.operations.told import Claimed, Moving
from admin.streams.workers import Workers
from shared.clock import Clock
from shared.events import encode
from shared.streams import keys
from shared.streams.roster import wake_ups
from shared.streams.scripts import Scripts

LIVES = 5  # of a lease: one until the holder renews, and room for a replica that looks every third of one


async def assign(
    scripts: Scripts, clock: Clock, order: Order, log_maxlen: int, lease_ms: int
) -> tuple[dict[str, Claimed], Moving]:
    """What is pending for others in each stream, and what happens to the lane. Raises Problem 412."""
    lane, group = order.targets[0].service, order.targets[0].group
    wanted = [target for target in order.targets if target.service == lane]
    i = order.instance
    names = [keys.assign(i, lane), keys.lease(i, lane), keys.events(i), *(target.key for target in wanted)]
    fact = b"" if order.dry_run else encode(order.fact(clock, wanted))
    most, expected = (order.counted.touched, order.counted.holder) if order.counted else ("", "")
    args: list[str | bytes | int] = [order.worker, LIVES * lease_ms, group, log_maxlen, fact, most, expected]
    hints = [] if order.dry_run else wake_ups(i, names[3:])
    holder, needed, *pending = await scripts.run("assign", names, args, then=hints)
    check_counted(order.counted, sum(map(int, pending)), holder.decode())
    streams = {target.name: Claimed(touched=int(count)) for target, count in zip(wanted, pending, strict=True)}
    return streams, Moving(name=lane, holder=holder.decode() or None, goes_to=order.worker if needed else None)


async def check_worker(order: Order, workers: Workers) -> None:
    """Raises Problem when the chosen replica could not do it."""
    services = {target.service for target in order.targets}
    if len(services) > 1:
        raise Problem(400, "no replica works all streams: choose outbound, vip or inbound", parameter="stream")
    service = services.pop()
    if not await workers.is_alive(service, order.worker):
        names = (await workers.alive())[service]
        heard = f"alive are: {', '.join(names)}" if names else "none is alive"
        detail = f"no {service} called {order.worker!r} gives a heartbeat; {heard}"
        raise Problem(400, detail, parameter="worker", alive=names)
