"""What did somebody order? Checked before anything is touched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeVar

import msgspec

from admin.http.endpoint import Asked
from admin.http.problems import Problem
from admin.instances import Instances
from admin.streams.operations.counted import Counted, counted_in
from admin.streams.targets import Target, targets
from shared import ids
from shared.clock import Clock
from shared.events import AdminActed

Reason = Annotated[str, msgspec.Meta(max_length=500, description="Why, for the audit.", examples=["looks stuck"])]
InstanceName = Annotated[str, msgspec.Meta(description="The instance that is meant.", examples=["demo"])]
Choice = Literal["outbound", "vip", "inbound", "all"]


class OrderQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What all operations take."""

    instance: InstanceName
    stream: Choice = "outbound"
    """`outbound` is the normal stream and that of VIPs, which share a lane."""
    dry_run: bool = False
    """Count what would be touched, and touch nothing."""
    reason: Reason = ""


class Confirmed(OrderQuery, frozen=True, kw_only=True):
    confirm: str = ""
    """The instance's name once more; not needed for a dry run."""


Q = TypeVar("Q", bound=OrderQuery)


class OrderBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """May be left out."""

    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One use of an operation."""

    action: str
    instance: str
    stream: str
    dry_run: bool
    reason: str
    actor: str
    worker: str = ""
    resend: bool = False
    counted: Counted | None = None
    """What its dry run came to: nothing may be touched beyond that. None: whatever there is."""

    @property
    def targets(self) -> tuple[Target, ...]:
        return targets(self.instance, self.stream)

    @property
    def what(self) -> str:
        """What tells orders apart, whoever gives them."""
        return " ".join((self.action, self.instance, self.stream, self.worker, "resend" if self.resend else ""))

    def fact(self, clock: Clock, touched_streams: Sequence[Target], story: str | None = None) -> AdminActed:
        """The audit fact. The script that has the effect fills in how many entries it touched."""
        now = clock.now_ms()
        detail = {"streams": ",".join(target.name for target in touched_streams)}
        if self.worker:
            detail["worker"] = self.worker
        return AdminActed(
            id=ids.new(clock), instance=self.instance, occurred_at=now, recorded_at=now, correlation_id=story,
            actor=self.actor, action=self.action, reason=self.reason, detail=detail,
        )  # fmt: skip


async def ordered(
    action: str, asked: Asked[Q, OrderBody], instances: Instances, *, worker: str = "", resend: bool = False
) -> Order:
    """The order. Raises Problem when the instance is not known, or what must be confirmed is not."""
    query = asked.query
    instance = await instances.require(query.instance)
    if isinstance(query, Confirmed) and not query.dry_run:
        check_confirmation(query.confirm, instance)
    reason = query.reason or asked.body.reason
    order = Order(action, instance, query.stream, query.dry_run, reason, asked.who.name, worker, resend)
    return order if order.dry_run else replace(order, counted=counted_in(asked.request, order.what))


def check_confirmation(given: str, instance: str) -> None:
    """Raises Problem 428 or 400 unless the instance's name was repeated."""
    if not given:
        detail = f"add `?confirm={instance}` to do this, or `?dry_run=true` to see what it would touch"
        raise Problem(428, detail, parameter="confirm")
    if given != instance:
        raise Problem(400, f"`confirm` must repeat the instance's name, {instance!r}", parameter="confirm")
