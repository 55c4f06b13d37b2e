"""What does each call that sends a message do, once nothing stands in its way?"""

from __future__ import annotations

import asyncio
import base64

from . import messages, validation
from .call import Call, Effects, Reply
from .outcome import commit
from .reach import reach, typing
from .refused import Refused, bad


async def send_text(call: Call, effects: Effects) -> Reply:
    validation.check("sendText", call.body)
    if not call.body["text"].strip():
        raise bad("Text is required")
    jid = reach(call)
    await typing(call, jid, "composing", call.body.get("delay") or 0)
    return commit(call, messages.text(call.world, call.instance, jid, call.body), effects)


async def send_media(call: Call, effects: Effects) -> Reply:
    validation.check("sendMedia", call.body)
    validation.check_media(call.body, call.uploaded)
    await _usable_media(call)
    jid = reach(call)
    await typing(call, jid, "composing", call.body.get("delay") or 0)
    return commit(call, messages.media(call.world, call.instance, jid, call.body), effects)


async def _usable_media(call: Call) -> None:
    """What fails while the gateway prepares the upload. Of addresses, only loopback ones are tried."""
    media = call.body.get("media") or ""
    if not call.uploaded and validation.is_base64(media) and call.body["mediatype"] == "image" and not _is_image(media):
        raise Refused.of(call.world.recorded.answer("sendMedia_image_invalid_base64_image"))
    where = media.partition("://")[2].partition("/")[0]
    if where.startswith("127."):
        host, _, port = where.partition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port or 80))
            writer.close()
        except OSError:
            answer = call.world.recorded.answer("sendMedia_image_url_unreachable")
            answer.body["response"]["message"] = [f"Error: connect ECONNREFUSED {where}"]
            raise Refused.of(answer) from None


def _is_image(encoded: str) -> bool:
    head = base64.b64decode(encoded[:64])
    return head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg"))


async def send_audio(call: Call, effects: Effects) -> Reply:
    validation.check("sendWhatsAppAudio", call.body)
    validation.check_audio(call.body, call.uploaded)
    jid = reach(call)
    await typing(call, jid, "recording", call.body.get("delay") or 0)
    sound = call.body.get("audio", "")
    heard = call.uploaded or sound.startswith(("http", "UklG", "T2dn", "SUQz", "//"))  # WAV, Ogg, MP3
    return commit(call, messages.audio(call.world, call.instance, jid, heard), effects)


async def send_buttons(call: Call, effects: Effects) -> Reply:
    validation.check("sendButtons", call.body)
    return commit(call, messages.buttons(call.world, call.instance, reach(call), call.body), effects)


async def send_list(call: Call, effects: Effects) -> Reply:
    validation.check("sendList", call.body)
    return commit(call, messages.listing(call.world, call.instance, reach(call), call.body), effects)


async def send_reaction(call: Call, effects: Effects) -> Reply:
    validation.check("sendReaction", call.body)
    return commit(call, messages.reaction(call.world, call.instance, reach(call), call.body), effects)


async def send_template(call: Call, effects: Effects) -> Reply:
    validation.check("sendTemplate", call.body)
    raise Refused.of(call.world.recorded.answer("sendTemplate_500"))
