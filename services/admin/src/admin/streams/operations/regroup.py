"""How are entries delivered again? The group begins anew at the first entry that is still in the stream."""

from typing import Any, Literal

from admin.streams.operations.counted import check_counted
from admin.streams.operations.order import Order
from admin.streams.operations.sent import already_sent
from admin.streams.operations.told import Regrouped
from shared.events import encode
from shared.service import Platform
from shared.streams import keys
from shared.streams.roster import wake_ups


class Regrouping:
    """Begins one order's groups anew."""

    def __init__(self, platform: Platform, order: Order, how: Literal["setid", "recreate"]) -> None:
        self._platform = platform
        self._order = order
        self._how = how

    async def run(self) -> dict[str, Regrouped]:
        """Entries and pending ones of each stream, which are now (or, dry, would be) delivered again.

        Raises Problem 412 when there are more than the order's dry run counted.
        """
        p, order = self._platform, self._order
        streams = [target.key for target in order.targets]
        sent = {} if order.resend else await already_sent(p.redis, order.instance, streams)
        fact = b"" if order.dry_run else encode(order.fact(p.clock, order.targets))
        most = order.counted.touched if order.counted else ""
        args: list[str | bytes | int] = [self._how, p.streams.log_maxlen, fact, most]
        for target in order.targets:
            gone = sent.get(target.key, {})
            args += [target.group, len(gone), *(word for pair in gone.items() for word in pair)]
        names = [keys.events(order.instance), keys.progress(order.instance), *streams]
        hints = [] if order.dry_run else wake_ups(order.instance, streams)
        told = self._told(await p.scripts.run("regroup", names, args, then=hints))
        check_counted(order.counted, sum(one.touched for one in told.values()))
        return told

    def _told(self, reply: Any) -> dict[str, Regrouped]:
        counts = [tuple(map(int, reply[at : at + 3])) for at in range(0, len(reply), 3)]
        return {
            target.name: Regrouped(touched=touched, pending=pending, already_sent=gone)
            for target, (touched, pending, gone) in zip(self._order.targets, counts, strict=True)
        }
