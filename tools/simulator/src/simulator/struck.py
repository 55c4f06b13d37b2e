"""What does a call come to when a fault strikes it?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace

from aiohttp import web

from .breaking import abort, hang
from .call import ALL, Act, Call, Effects, Reply
from .faults import ALIASES, CONNECTION_CLOSED, Fault
from .numbers import to_jid, user_of
from .reach import closed
from .refused import Refused, database_failed, refused

PROXY = (
    "<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n<center><h1>{0} {1}</h1></center>\r\n"
    "</body>\r\n</html>\r\n"
)
PROXY_SAYS = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
_PARTIAL = {
    "silent": Effects(echo=False, acks=()),
    "accepted_then_error": Effects(arrives=False, acks=("ERROR",)),
    "accepted_pending_forever": Effects(arrives=False, acks=()),
    "took_but_400": Effects(echo=False, acks=(), stored=False),
}


async def answered(acting: Awaitable[Reply]) -> web.Response:
    reply = await acting
    return web.Response(status=reply.status, body=reply.text.encode(), content_type="application/json", charset="utf-8")


async def struck(request: web.Request, call: Call, act: Act, fault: Fault) -> web.Response:
    if fault.delay_ms:
        await asyncio.sleep(fault.delay_ms / 1000)
    name = fault.fault
    if name == "slow":
        return await answered(act(call, _effects(fault, ALL)))
    if name.startswith("capture:"):
        raise _recorded_refusal(call, name.removeprefix("capture:"))
    if name in ("silent", "accepted_then_error", "accepted_pending_forever"):
        return await answered(act(call, _effects(fault, _PARTIAL[name])))
    if name == "took_but_400":
        await act(call, _effects(fault, _PARTIAL[name]))
        raise database_failed()
    if name == "license_required":
        raise refused(503, ["LICENSE_REQUIRED"])  # [src]: version 2.4 without a licence; the shape was not seen
    return await _lost(request, call, act, fault)


async def _lost(request: web.Request, call: Call, act: Act, fault: Fault) -> web.Response:
    """The answer never comes, or a proxy gives one of its own; the message may have been sent all the same."""
    if fault.delivered:
        with suppress(Refused):
            await act(call, _effects(fault, ALL))
    if fault.fault == "timeout":
        await hang(request, call.world)
        return web.Response(status=0)
    if fault.fault == "reset":
        abort(request)
        return web.Response(status=0)
    status = int(fault.fault.removeprefix("status_"))
    page = PROXY.format(status, PROXY_SAYS[status])
    return web.Response(status=status, text=page, content_type="text/html")


def _effects(fault: Fault, effects: Effects) -> Effects:
    if fault.echo is not None:
        effects = replace(effects, echo=fault.echo)
    if not fault.stored:
        effects = replace(effects, stored=False)
    return effects if fault.acks else replace(effects, acks=())


def _recorded_refusal(call: Call, name: str) -> Refused:
    if name == CONNECTION_CLOSED:
        return closed(call, to_jid(call.number))
    answer = call.world.recorded.answer(ALIASES.get(name, name))
    digits = user_of(to_jid(call.number))
    return Refused(answer.status, json.loads(json.dumps(answer.body).replace("5521900000000", digits)))
