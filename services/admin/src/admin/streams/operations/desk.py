"""Who takes the orders? One handler a route; the answers of all have one shape."""

from typing import Any

from aiohttp import web

from admin.instances import Instances
from admin.streams.operations.assign import assign, check_worker
from admin.streams.operations.order import Order, read_order
from admin.streams.operations.regroup import regroup
from admin.streams.operations.set_aside import Skipper
from admin.streams.workers import Workers
from shared.service import Platform
from shared.telemetry import logs

_log = logs.get(__name__)


class Desk:
    """The four operations on the streams."""

    def __init__(self, platform: Platform, instances: Instances, workers: Workers) -> None:
        self._platform = platform
        self._instances = instances
        self._workers = workers

    async def reset_to_latest(self, request: web.Request) -> web.Response:
        """What nobody works on goes to the dead letters; the group goes on behind it."""
        order = await read_order(request, self._instances, confirmed=True)
        return _answer(order, await Skipper(self._platform, order).run())

    async def reset_to_begin(self, request: web.Request) -> web.Response:
        """Everything that is still in the streams is delivered again; pending entries stay pending."""
        order = await read_order(request, self._instances)
        p = self._platform
        return _answer(order, await regroup(p.scripts, p.clock, order, p.streams.log_maxlen, "setid"))

    async def destroy_recreate(self, request: web.Request) -> web.Response:
        """The group is made anew, with no pending entries; everything is delivered again."""
        order = await read_order(request, self._instances, confirmed=True)
        p = self._platform
        return _answer(order, await regroup(p.scripts, p.clock, order, p.streams.log_maxlen, "recreate"))

    async def claim_pending_to_worker(self, request: web.Request) -> web.Response:
        """The lane, and all that is pending in it, goes to one replica."""
        order = await read_order(request, self._instances, worker=True)
        await check_worker(order, self._workers)
        p = self._platform
        streams, lane = await assign(p.scripts, p.clock, order, p.streams.log_maxlen, p.streams.lease_ms)
        return _answer(order, streams, **lane)


def _answer(order: Order, streams: dict[str, dict[str, int]], **more: Any) -> web.Response:
    touched = sum(stream["touched"] for stream in streams.values())
    if not order.dry_run:
        _log.info("admin_acted", action=order.action, instance=order.instance, touched=touched, why=order.reason)
    body = {"action": order.action, "instance": order.instance, "dry_run": order.dry_run, "touched": touched}
    return web.json_response(body | {"streams": streams} | more)
