"""How is it told how everything stands? The sums, and each instance's line."""

from collections.abc import Mapping, Sequence

import msgspec

from admin.overview.figures import Percentiles
from admin.prometheus import Alert
from admin.streams.readings import Reading
from admin.views.model import Connection, Day, Lag


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What waits."""

    depth: int = 0
    """Messages to be sent."""
    inbound: int = 0
    """Messages of patients for the responder."""
    pending: int = 0
    """Of both, those that are being worked on."""
    parked: int = 0
    """Those that wait for a time."""
    dead: int = 0
    oldest_ms: int | None = None
    """Age of the oldest that waits now."""


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of this day (UTC)."""

    received: int = 0
    answered: int = 0
    handoffs: int = 0
    requested: int = 0
    accepted: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    expired: int = 0
    unconfirmed: int = 0
    dead: int = 0
    tokens: int = 0
    cost_usd: float = 0.0


class InstanceStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One instance."""

    instance: str
    status: str
    """ok or degraded"""
    reasons: list[str]
    waiting: Waiting
    chats: dict[str, int]
    """How many chats have each status."""
    today: Today
    took: dict[str, Percentiles]
    """How long today's replies took, by stage."""
    connection: Connection
    bot_paused_until: int | None
    """Null: the bot answers."""
    views: Lag


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything: the sums over all instances, and a line for each, or for two hundred of more."""

    at: int
    status: str
    reasons: list[str]
    consumers: dict[str, list[str]]
    """Live replicas by service."""
    waiting: Waiting
    chats: dict[str, int]
    today: Today
    took: dict[str, Percentiles]
    instances: list[InstanceStanding]
    not_shown: int = 0
    """Instances beyond those that are shown, where least waits and nothing is wrong; name one to see it."""
    alerts: list[Alert] | None = None
    """Null when no Prometheus is set, or it does not answer."""
    alerts_problem: str = ""


def waiting_in(reading: Reading) -> Waiting:
    """What waits in one instance."""
    streams = reading.streams
    ages = [stream.oldest_ms for stream in streams.values() if stream.oldest_ms is not None]
    return Waiting(
        depth=streams["stream"].depth + streams["vip"].depth, inbound=streams["inbound"].depth,
        pending=sum(stream.pending for stream in streams.values()), parked=reading.parked, dead=reading.dead,
        oldest_ms=max(ages, default=None),
    )  # fmt: skip


def all_waiting(lines: Sequence[Waiting]) -> Waiting:
    """What waits in all of them."""
    names = ("depth", "inbound", "pending", "parked", "dead")
    ages = [line.oldest_ms for line in lines if line.oldest_ms is not None]
    sums = {name: sum(getattr(line, name) for line in lines) for name in names}
    return Waiting(**sums, oldest_ms=max(ages, default=None))


def today_of(days: Sequence[Day]) -> Today:
    """The sums of their figures."""
    return Today(**{name: sum(getattr(day, name) for day in days) for name in Today.__struct_fields__})


def summed(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name, of all of them."""
    names = dict.fromkeys(name for one in counts for name in one)
    return {name: sum(one.get(name, 0) for one in counts) for name in names}
