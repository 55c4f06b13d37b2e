"""Stands in for all four services: exports our own registry, with every metric moving. Arguments: the port.

`PUT /consumers/{service}/{n}` says how many replicas are alive.
"""

import random
import sys
from itertools import product
from typing import Any

from aiohttp import web
from prometheus_client import Counter, Gauge
from prometheus_client.aiohttp import make_aiohttp_handler

from shared.telemetry import metrics
from tests.ops.queries import declared

VALUES = {
    "wa_instance": ["demo", "other"],
    "stream": ["stream", "vip", "inbound"],
    "service": ["responder", "sender"],
    "answer": ["accepted", "duplicate", "unavailable"],
    "outcome": ["accepted", "unconfirmed", "unknown"],
}


def children(metric: Any) -> list[Any]:
    names = metric._labelnames
    known = [VALUES.get(name, ["one", "two"]) for name in names]
    return [metric.labels(*values) for values in product(*known)] if names else [metric]


def move() -> None:
    """A little more of everything, as if messages came and went."""
    for metric in declared():
        for child in children(metric):
            match metric:
                case Counter():
                    child.inc()
                case Gauge():
                    if metric is not metrics.CONSUMERS:
                        child.set(1)
                case _:
                    child.observe(random.random() / 10)


@web.middleware
async def moving(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.path == "/metrics":
        move()
    return await handler(request)


async def consumers(request: web.Request) -> web.Response:
    metrics.CONSUMERS.labels(request.match_info["service"]).set(int(request.match_info["n"]))
    return web.Response()


def main(port: int) -> None:
    for service in VALUES["service"]:
        metrics.CONSUMERS.labels(service).set(1)
    app = web.Application(middlewares=[moving])
    app.router.add_get("/metrics", make_aiohttp_handler())
    app.router.add_put("/consumers/{service}/{n}", consumers)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
