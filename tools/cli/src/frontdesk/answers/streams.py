"""What is shown of the streams?"""

import msgspec


class Depth(msgspec.Struct, frozen=True):
    depth: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One instance among all."""

    instance: str
    status: str
    queue_depth: int
    pending: int
    inbound_depth: int
    parked: int
    dlq_depth: int
    oldest_ms: int | None


class Server(msgspec.Struct, frozen=True):
    version: str
    persistence: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """All instances, each with its line; or, when one was asked for, that one and no lines."""

    status: str
    reasons: list[str]
    consumers: dict[str, list[str]]
    redis: Server
    queue_depth: int
    pending: int
    parked: int
    dlq_depth: int
    oldest_ms: int | None
    inbound: Depth
    instance: str = ""
    instances: list[Line] = []

    @property
    def lines(self) -> list[Line]:
        """A line for each instance."""
        if not self.instance:
            return self.instances
        return [Line(
            instance=self.instance, status=self.status, queue_depth=self.queue_depth, pending=self.pending,
            inbound_depth=self.inbound.depth, parked=self.parked, dlq_depth=self.dlq_depth, oldest_ms=self.oldest_ms,
        )]  # fmt: skip


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation did, or would do, to one stream."""

    touched: int
    pending: int | None = None
    left: int | None = None
    already_sent: int | None = None


class Moving(msgspec.Struct, frozen=True):
    """Who works the lane, and who will."""

    holder: str | None
    goes_to: str | None


class Operated(msgspec.Struct, frozen=True, kw_only=True):
    """An operation on streams."""

    action: str
    instance: str
    dry_run: bool
    touched: int
    streams: dict[str, Touched]
    lane: Moving | None = None


class Rebuild(msgspec.Struct, frozen=True, kw_only=True):
    """How a rebuild of the views stands."""

    state: str
    version: int
    done: int
    total: int
    took_s: float | None = None
