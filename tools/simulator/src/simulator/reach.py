"""Is there a way to the number, and what does the gateway say if not?"""

from __future__ import annotations

import asyncio

from .call import Call
from .numbers import GROUP, LID, exists, to_jid
from .refused import Refused, bad, not_on_whatsapp


def reach(call: Call) -> str:
    """The address to send to; raises what the gateway answers if there is no way to it."""
    instance, number = call.instance, call.number
    jid = to_jid(number)
    if not instance.ever_connected:
        raise Refused.of(call.world.recorded.answer("sendText_instance_never_connected"))
    if not instance.usable:
        raise closed(call, jid)
    if not exists(jid):
        raise bad("[object Object]") if jid.endswith(GROUP) else not_on_whatsapp(jid, number)
    instance.checked.add(jid)
    return jid


def closed(call: Call, jid: str) -> Refused:
    """A number whose existence is cached fails in the send (400), another in the check before it (500)."""
    cached = jid in call.instance.checked or jid.endswith((GROUP, LID))
    name = "cached_number_400" if cached else "uncached_number_500"
    return Refused.of(call.world.recorded.answer(f"sendText_connection_closed_{name}"))


async def typing(call: Call, jid: str, presence: str, milliseconds: float) -> None:
    """The call waits for as long as it shows that somebody types."""
    if milliseconds <= 0:
        return
    chat = call.instance.phone_of(jid)
    told = {"type": "typing", "instance": call.instance.name, "chat": chat, "presence": presence}
    call.world.live.publish({**told, "for_ms": milliseconds})
    await asyncio.sleep(milliseconds / 1000)
