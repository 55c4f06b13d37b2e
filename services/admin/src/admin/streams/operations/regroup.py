"""How are entries delivered again? The group begins anew at the first entry that is still in the stream."""

from typing import Any, Literal

from admin.streams.operations.order import Order
from shared.clock import Clock
from shared.events import encode
from shared.streams import keys
from shared.streams.roster import wake_ups
from shared.streams.scripts import Scripts


async def regroup(
    scripts: Scripts, clock: Clock, order: Order, log_maxlen: int, how: Literal["setid", "recreate"]
) -> dict[str, dict[str, int]]:
    """Entries and pending ones of each stream, which are now (or, dry, would be) delivered again."""
    wanted = order.targets
    names = [keys.events(order.instance), *(target.key for target in wanted)]
    fact = b"" if order.dry_run else encode(order.fact(clock, wanted))
    args: list[str | bytes | int] = [how, log_maxlen, fact, *(target.group for target in wanted)]
    hints = [] if order.dry_run else wake_ups(order.instance, [target.key for target in wanted])
    reply: Any = await scripts.run("regroup", names, args, then=hints)
    return {
        target.name: {"touched": int(reply[at]), "pending": int(reply[at + 1])}
        for at, target in zip(range(0, len(reply), 2), wanted, strict=True)
    }
