"""What does a voice note say, what does a picture show? Fetched from the gateway, put into words by a model.

Whatever fails on the way, a person sees to the file: nothing here raises for what the gateway or the model does.
"""

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import aiohttp
import msgspec

from clinic import Language
from responder import model as models
from responder.chat import Turn
from responder.model import Failed, Heard
from responder.model.fetching import fetch
from responder.model.media import MAX_BYTES
from responder.question import Question
from shared.events import MessageReceived
from shared.telemetry import logs, metrics

if TYPE_CHECKING:
    from responder.model.model import Model

TOTAL_S = 15.0  # fetching 5 + a minute of speech or a picture 10
FETCH_S = 5.0
MOST_SECONDS = 300  # of speech: a longer note is a person's to hear
MOST_FILES = 4  # of one turn
MOST_KEPT = 200  # a turn that begins anew does not pay for its files again

_log = logs.get(__name__)


class Hearing:
    """Puts the files of a turn into words. Without a model for a kind, that kind is not among `kinds`."""

    def __init__(self, model: "Model | None", url: str, api_key: str) -> None:
        self._model = model
        self._url = url
        self._api_key = api_key
        self._session: aiohttp.ClientSession | None = None
        self._kept: OrderedDict[str, Heard | Failed] = OrderedDict()

    @property
    def kinds(self) -> frozenset[str]:
        """What can be put into words."""
        if self._model is None or not self._url:
            return frozenset()
        settings = self._model.settings
        named = {"audio": settings.transcribe_model, "image": settings.vision_model}
        return frozenset(kind for kind, name in named.items() if name)

    async def __aenter__(self) -> "Hearing":
        self._session = aiohttp.ClientSession() if self._url else None
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def of(self, files: tuple[MessageReceived, ...], question: Question, language: Language) -> dict[str, str]:
        """Event id -> its words, of those that could be put into words in time."""
        started = time.monotonic()
        deadline = started + TOTAL_S
        found = await asyncio.gather(*(self._once(one, question, language, deadline) for one in files[:MOST_FILES]))
        metrics.ANSWER_SECONDS.labels("media").observe(time.monotonic() - started)
        return {one.id: heard.text for one, heard in zip(files, found, strict=False) if isinstance(heard, Heard)}

    async def _once(
        self, message: MessageReceived, question: Question, language: Language, deadline: float
    ) -> Heard | Failed:
        kept = self._kept.get(message.id)
        if kept is not None:
            return kept
        heard = await self._heard(message, question, language, deadline)
        if isinstance(heard, Failed):
            _log.info("file_not_read", kind=message.kind, reason=heard.reason, detail=heard.detail)
        else:
            self._kept[message.id] = heard
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return heard

    async def _heard(
        self, message: MessageReceived, question: Question, language: Language, deadline: float
    ) -> Heard | Failed:
        about = message.attachment
        if self._session is None or self._model is None:
            return Failed(reason="off")
        if about and ((about.size or 0) > MAX_BYTES or (about.seconds or 0) > MOST_SECONDS):
            return Failed(reason="refused", detail="too long or too large")
        file = await fetch(
            self._session, self._url, self._api_key, message.instance, message.message_id, FETCH_S
        )  # fmt: skip
        if isinstance(file, Failed):
            return file
        mimetype = file.mimetype or (about.mimetype if about else "")
        turn = _turn(message, question, language, deadline)
        if message.kind == "audio":
            return await self._model.transcribe(file.content, mimetype, about.seconds if about else None, turn)
        return await self._model.describe(file.content, mimetype, turn)

    def by(self, kind: str) -> str:
        """The name of the model for a kind."""
        assert self._model is not None
        settings = self._model.settings
        return settings.transcribe_model if kind == "audio" else settings.vision_model


def with_words(turn: Turn, words: dict[str, str]) -> Turn:
    """The turn as if the patient had written what the files say, beneath their captions."""
    return Turn(tuple(_told(one, words.get(one.id, "")) for one in turn.messages), turn.revoked)


def _told(message: MessageReceived, words: str) -> MessageReceived:
    return msgspec.structs.replace(message, text=f"{message.text}\n{words}".strip()) if words else message


def _turn(message: MessageReceived, question: Question, language: Language, deadline: float) -> models.Turn:
    return models.Turn(
        instance=message.instance, chat=message.chat, texts=(), clinic=question.clinic, knowledge=question.knowledge,
        language=language, now=question.now, deadline=deadline, vip=question.vip,
    )  # fmt: skip
