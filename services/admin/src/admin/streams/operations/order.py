"""What did somebody order? Checked before anything is touched."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from aiohttp import web

from admin.http.problems import Problem
from admin.http.query import Query
from admin.instances import Instances
from admin.streams.targets import CHOICES, Target, targets
from shared import ids
from shared.clock import Clock
from shared.events import AdminActed

ACTOR = "token"
REASON_MAX = 500
_COMMON = ("instance", "stream", "dry_run", "reason")


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One use of an operation."""

    action: str
    instance: str
    stream: str
    dry_run: bool
    reason: str
    worker: str = ""

    @property
    def targets(self) -> tuple[Target, ...]:
        return targets(self.instance, self.stream)

    def fact(self, clock: Clock, touched_streams: Sequence[Target], story: str | None = None) -> AdminActed:
        """The audit fact. The script that has the effect fills in how many entries it touched."""
        now = clock.now_ms()
        detail = {"streams": ",".join(target.name for target in touched_streams)}
        if self.worker:
            detail["worker"] = self.worker
        return AdminActed(
            id=ids.new(clock), instance=self.instance, occurred_at=now, recorded_at=now, correlation_id=story,
            actor=ACTOR, action=self.action, reason=self.reason, detail=detail,
        )  # fmt: skip


async def read_order(
    request: web.Request, instances: Instances, *, confirmed: bool = False, worker: bool = False
) -> Order:
    """The order in a request. `confirmed` operations must repeat the instance's name; others name a `worker`."""
    extra = [name for name, wanted in (("confirm", confirmed), ("worker", worker)) if wanted]
    query = Query(request, [*_COMMON, *extra])
    instance = await instances.require(query.required("instance", "the instance that is meant"))
    order = Order(
        action=request.path.rpartition("/")[2],
        instance=instance,
        stream=query.choice("stream", CHOICES),
        dry_run=query.flag("dry_run"),
        reason=await _reason(request, query),
        worker=query.required("worker", "the replica that is to have them") if worker else "",
    )
    if confirmed and not order.dry_run:
        _check_confirmation(query.text("confirm"), instance)
    return order


def _check_confirmation(given: str, instance: str) -> None:
    if not given:
        detail = f"add `?confirm={instance}` to do this, or `?dry_run=true` to see what it would touch"
        raise Problem(428, detail, parameter="confirm")
    if given != instance:
        raise Problem(400, f"`confirm` must repeat the instance's name, {instance!r}", parameter="confirm")


async def _reason(request: web.Request, query: Query) -> str:
    body = await request.read()
    try:
        told = msgspec.json.decode(body, type=_Body).reason if body.strip() else ""
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, f'the body may be {{"reason": "…"}} or nothing: {error}', parameter="reason") from None
    reason = query.text("reason") or told
    if len(reason) > REASON_MAX:
        raise Problem(400, f"a reason has at most {REASON_MAX} characters", parameter="reason")
    try:
        reason.encode()
    except UnicodeEncodeError:
        raise Problem(400, "the reason is not valid text", parameter="reason") from None
    return reason
