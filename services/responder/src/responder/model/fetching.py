"""How does a medium's content come from the gateway?

The gateway decrypts it on request: POST /chat/getBase64FromMediaMessage/{instance} with the message's key. The answer
is JSON with the bytes in Base64, so it is a third longer than the file.
"""

import base64
import binascii
from urllib.parse import quote

import aiohttp
import msgspec

from responder.model.media import MAX_BYTES
from responder.model.turn import Failed

_OVERHEAD = 64 * 1024  # of the answer's other fields, a thumbnail among them


class Fetched(msgspec.Struct, frozen=True):
    """A file as the patient sent it."""

    content: bytes
    mimetype: str


class _Answer(msgspec.Struct):
    base64: str
    mimetype: str = ""


async def fetch(
    session: aiohttp.ClientSession, url: str, api_key: str, instance: str, message_id: str, timeout_s: float,
    most: int = MAX_BYTES,
) -> Fetched | Failed:  # fmt: skip
    """The content of one message's medium, at most `most` bytes. Never raises for what the gateway does."""
    address = f"{url.rstrip('/')}/chat/getBase64FromMediaMessage/{quote(instance, safe='')}"
    body = {"message": {"key": {"id": message_id}}, "convertToMp4": False}
    limit = aiohttp.ClientTimeout(total=timeout_s)
    try:
        async with session.post(address, json=body, headers={"apikey": api_key}, timeout=limit) as answer:
            if answer.status >= 300:
                return Failed(reason="refused", detail=f"the gateway answered {answer.status}")
            text = await _bounded(answer, most * 4 // 3 + _OVERHEAD)
    except TimeoutError:
        return Failed(reason="deadline", detail="the gateway did not answer in time")
    except (aiohttp.ClientError, OSError) as error:
        return Failed(reason="unavailable", detail=type(error).__name__)
    return _read(text, most)


async def _bounded(answer: aiohttp.ClientResponse, most: int) -> bytes | None:
    """The body, or None when it is longer than it may be: the rest is not read."""
    held = bytearray()
    async for piece in answer.content.iter_any():
        held += piece
        if len(held) > most:
            return None
    return bytes(held)


def _read(text: bytes | None, most: int) -> Fetched | Failed:
    if text is None:
        return Failed(reason="refused", detail="the file is too large")
    try:
        found = msgspec.json.decode(text, type=_Answer)
        content = base64.b64decode(found.base64.partition(",")[2] or found.base64, validate=True)
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return Failed(reason="malformed", detail="no Base64 in the gateway's answer")
    if not content or len(content) > most:
        return Failed(reason="refused", detail="the file is empty or too large")
    return Fetched(content, found.mimetype)
