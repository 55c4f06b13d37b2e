"""Is all well with the streams, and if not, why? Judged from readings alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admin.streams.durability import Server
from admin.streams.readings import Reading, StreamReading
from admin.streams.targets import Target, targets
from admin.streams.told import Inbound, InstanceHealth, InstanceLine, Lane, OverallHealth, Standing

REASONS_TOLD = 20
NEARLY_FULL = 0.8

Alive = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same for every instance."""

    alive: Alive
    """Live replicas by service."""
    server: Server
    bound: int
    """Of a work stream; 0: none."""

    @property
    def reasons(self) -> list[str]:
        off = "Redis keeps nothing on disk (appendonly no, no save points): a crash of it loses every message"
        nobody = [f"no {service} is alive" for service, replicas in self.alive.items() if not replicas]
        return nobody + ([off] if self.server.persistence == "off" else [])


def of_instance(reading: Reading, around: Surroundings) -> InstanceHealth:
    """Everything about one instance."""
    reasons = around.reasons + why_degraded(reading, around)
    return InstanceHealth(
        status=_status(reasons),
        reasons=reasons,
        instance=reading.instance,
        **_numbers(reading),
        consumers_count=len(around.alive["sender"]),
        oldest_ms=_oldest(reading.streams.values()),
        parked=reading.parked,
        log_length=reading.log_length,
        outbound=reading.streams["stream"],
        vip=reading.streams["vip"],
        inbound=reading.streams["inbound"],
        lanes={lane: _holder(lease) for lane, lease in reading.leases.items()},
        consumers={service: list(names) for service, names in around.alive.items()},
        redis=around.server.told(),
    )


def of_all(readings: Sequence[Reading], around: Surroundings) -> OverallHealth:
    """The sums, and a line for each instance."""
    lines = [_line(reading, around) for reading in readings]
    reasons = around.reasons + [f"{line.instance}: {why}" for line in lines for why in line.reasons]
    return OverallHealth(
        status=_status(reasons),
        reasons=first(reasons),
        queue_depth=sum(line.queue_depth for line in lines),
        pending=sum(line.pending for line in lines),
        dlq_depth=sum(line.dlq_depth for line in lines),
        last_delivered_id=max((line.last_delivered_id for line in lines), key=_order, default="0-0"),
        consumers_count=len(around.alive["sender"]),
        oldest_ms=max((line.oldest_ms for line in lines if line.oldest_ms is not None), default=None),
        parked=sum(line.parked for line in lines),
        inbound=Inbound(depth=sum(line.inbound_depth for line in lines)),
        consumers={service: list(names) for service, names in around.alive.items()},
        redis=around.server.told(),
        instances=lines,
    )


def first(reasons: Sequence[str]) -> list[str]:
    """The first of them, and how many there are besides."""
    more = len(reasons) - REASONS_TOLD
    return [*reasons[:REASONS_TOLD], *([f"and {more} more"] if more > 0 else [])]


def why_degraded(reading: Reading, around: Surroundings) -> list[str]:
    """What is wrong with this instance."""
    if reading.trouble:
        return [unreadable(reading.trouble)]
    found = [why for target in targets(reading.instance) if (why := _stream_trouble(target, reading, around))]
    if reading.dead:
        found.append(f"dead letters: {reading.dead}")
    if reading.views.missed:
        found.append(f"the views lack {reading.views.missed} facts that left the log before they were read")
    return found


def unreadable(trouble: str) -> str:
    """Why a look at an instance failed."""
    return f"it cannot be read: {trouble}"


def _stream_trouble(target: Target, reading: Reading, around: Surroundings) -> str:
    depth = reading.streams[target.name].depth
    if depth and not around.alive[target.service]:
        return f"no {target.service} is alive, and {depth} wait in {target.name}"
    if around.bound and depth > NEARLY_FULL * around.bound:
        return f"{target.name} holds {depth} of at most {around.bound}"
    return ""


def _line(reading: Reading, around: Surroundings) -> InstanceLine:
    reasons = why_degraded(reading, around)
    return InstanceLine(
        instance=reading.instance,
        status=_status(reasons),
        reasons=reasons,
        **_numbers(reading),
        inbound_depth=reading.streams["inbound"].depth,
        parked=reading.parked,
        oldest_ms=_oldest(reading.streams.values()),
    )


def _numbers(reading: Reading) -> dict[str, Any]:
    """The fields that the product's first version had, of the sender's two streams."""
    outbound = [reading.streams["stream"], reading.streams["vip"]]
    return {
        "queue_depth": sum(stream.depth for stream in outbound),
        "pending": sum(stream.pending for stream in outbound),
        "dlq_depth": reading.dead,
        "last_delivered_id": reading.streams["stream"].last_delivered_id,
    }


def _status(reasons: Sequence[str]) -> Standing:
    return "degraded" if reasons else "ok"


def _oldest(streams: Iterable[StreamReading]) -> int | None:
    ages = [stream.oldest_ms for stream in streams if stream.oldest_ms is not None]
    return max(ages, default=None)


def _holder(lease: str) -> Lane | None:
    fence, _, replica = lease.partition(":")
    return Lane(replica=replica, fence=int(fence)) if replica else None


def _order(entry_id: str) -> tuple[int, int]:
    ms, _, serial = entry_id.partition("-")
    return int(ms), int(serial or 0)
