"""How is the health of the streams told? The names of the first fields are the product's first version's."""

from typing import Literal

import msgspec

from admin.streams.durability import ServerTold
from admin.streams.readings import StreamReading

Standing = Literal["ok", "degraded"]


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """Who works an instance's streams now."""

    replica: str
    fence: int
    """Its fencing number: every taking of the lane gets a higher one."""


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """What one instance, or all of them, come to."""

    queue_depth: int
    """Entries in the two outbound streams that are not done with."""
    pending: int
    """Those of them that were handed to a worker."""
    dlq_depth: int
    """Dead letters."""
    last_delivered_id: str
    """Of the group on the normal outbound stream; over all instances the newest."""


class InstanceHealth(Numbers, frozen=True, kw_only=True):
    """One instance in full."""

    status: Standing
    reasons: list[str]
    """Why it is degraded: no responder or no sender alive, dead letters, a stream over 80 % of its bound, views that
    missed facts, a Redis that keeps nothing on disk."""
    instance: str
    consumers_count: int
    """Senders alive by heartbeat."""
    oldest_ms: int | None
    """Age of the oldest entry of any stream; null when there is none."""
    parked: int
    """Work that waits for its time."""
    log_length: int
    """Facts in the log."""
    outbound: StreamReading
    vip: StreamReading
    inbound: StreamReading
    lanes: dict[str, Lane | None]
    """Who holds the lease of the sender's and the responder's lane; null when nobody does."""
    consumers: dict[str, list[str]]
    """The live replicas' names, by service."""
    redis: ServerTold


class InstanceLine(Numbers, frozen=True, kw_only=True):
    """One instance, as a line of all."""

    instance: str
    status: Standing
    reasons: list[str]
    inbound_depth: int
    parked: int
    oldest_ms: int | None


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    depth: int


class OverallHealth(Numbers, frozen=True, kw_only=True):
    """The sums over all instances, and a line for each."""

    status: Standing
    reasons: list[str]
    """The first twenty."""
    consumers_count: int
    oldest_ms: int | None
    parked: int
    inbound: Inbound
    consumers: dict[str, list[str]]
    redis: ServerTold
    instances: list[InstanceLine]
