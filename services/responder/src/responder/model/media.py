"""What does a voice note say, what does a picture show?"""

import base64
import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from responder.model.budget import Budget, Ledger
from responder.model.collected import Reply
from responder.model.failure import CallFailed
from responder.model.fence import neutral
from responder.model.metered import transcribed
from responder.model.prompt import NAMES, text_of
from responder.model.settings import ModelSettings
from responder.model.turn import Failed, Turn, Usage
from shared.telemetry import metrics

if TYPE_CHECKING:
    from responder.model.wire import Endpoint

MAX_BYTES = 10 * 1024 * 1024
PICTURE_TOKENS = 1_500  # what a picture counts as before its bill is known
NAME_OF = {
    "audio/ogg": "voice.ogg", "audio/opus": "voice.ogg", "audio/mpeg": "voice.mp3", "audio/mp4": "voice.m4a",
    "audio/aac": "voice.m4a", "audio/wav": "voice.wav", "audio/webm": "voice.webm",
}  # fmt: skip
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


class Heard(Struct, frozen=True):
    """A medium in words: a patient's words, with all the caution that they need."""

    text: str
    usage: Usage = Usage()


async def transcribe(
    endpoint: "Endpoint", settings: ModelSettings, budget: Budget, ledger: Ledger,
    audio: bytes, mimetype: str, seconds: int | None, deadline: float,
) -> Heard | Failed:  # fmt: skip
    """What is said in a recording; silence is a failure, because there is nothing to answer."""
    kind = _kind(mimetype)
    if not (settings.llm_base_url and settings.transcribe_model):
        return Failed(reason="off")
    if not audio or len(audio) > MAX_BYTES or kind not in NAME_OF:
        return _ended("audio", Failed(reason="refused", detail="no recording that can be read"))
    try:
        text = await transcribed(endpoint, settings, budget, ledger, audio, NAME_OF[kind], seconds, deadline)
    except CallFailed as failure:
        return _ended("audio", Failed(reason=failure.kind, detail=failure.detail, usage=ledger.usage))
    if not text:
        return _ended("audio", Failed(reason="malformed", detail="nothing is said", usage=ledger.usage))
    return _ended("audio", Heard(neutral(text), ledger.usage))


async def describe(
    endpoint: "Endpoint", settings: ModelSettings, budget: Budget, ledger: Ledger,
    image: bytes, mimetype: str, turn: Turn,
) -> Heard | Failed:  # fmt: skip
    """What a picture shows, in the patient's language."""
    if not (settings.llm_base_url and settings.vision_model):
        return Failed(reason="off")
    if not image or len(image) > MAX_BYTES or _kind(mimetype) not in PICTURES:
        return _ended("image", Failed(reason="refused", detail="no picture that can be read"))
    try:
        reply = await _look(endpoint, settings, budget, ledger, image, _kind(mimetype), turn)
    except CallFailed as failure:
        return _ended("image", Failed(reason=failure.kind, detail=failure.detail, usage=ledger.usage))
    if not reply.text.strip():
        return _ended("image", Failed(reason="malformed", detail="nothing is described", usage=ledger.usage))
    return _ended("image", Heard(neutral(reply.text.strip()), ledger.usage))


async def _look(
    endpoint: "Endpoint", settings: ModelSettings, budget: Budget, ledger: Ledger, image: bytes, kind: str, turn: Turn
) -> Reply:
    model = settings.vision_model
    deadline = min(turn.deadline, time.monotonic() + settings.llm_total_s)
    prompt = text_of("picture").replace("$language", NAMES[turn.language])
    url = f"data:{kind};base64,{base64.b64encode(image).decode()}"
    picture = {"type": "image_url", "image_url": {"url": url}}
    held = await budget.reserve(ledger, PICTURE_TOKENS, settings.llm_max_output_tokens)
    messages: list[dict[str, Any]] = [{"role": "system", "content": prompt}, {"role": "user", "content": [picture]}]
    try:
        reply = await endpoint.complete(model, messages, (), deadline)
    except CallFailed as failure:
        used = PICTURE_TOKENS if any(failure.used) else 0
        await budget.settle(ledger, held, used, failure.used[1], model=model, estimated=True)
        raise
    prompt_used = min(reply.prompt, PICTURE_TOKENS) if reply.estimated else reply.prompt
    await budget.settle(ledger, held, prompt_used, reply.completion, model=model, estimated=reply.estimated)
    return reply


def _kind(mimetype: str) -> str:
    """`audio/ogg; codecs=opus` is `audio/ogg`."""
    return mimetype.partition(";")[0].strip().lower()


def _ended(kind: str, found: Heard | Failed) -> Heard | Failed:
    metrics.MEDIA_READ.labels(kind, found.reason if isinstance(found, Failed) else "ok").inc()
    return found
