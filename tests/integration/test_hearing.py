"""Voice notes and pictures are put into words and answered, or a person is called; never silence."""

import base64
from collections.abc import AsyncIterator

import pytest
import redis.asyncio as aioredis
from aiohttp import web

from shared.events import Attachment, HandoffRequested, MessageHeard, ReplyDrafted
from tests.support.responder import Chat, Endpoint, chatting, responding

NOTE = Attachment(mimetype="audio/ogg; codecs=opus", size=2000, seconds=3, voice_note=True)
PICTURE = Attachment(mimetype="image/jpeg", size=2000)


class Files:
    """A gateway that gives a medium's bytes, as its own documentation has the call. Opened with `async with`."""

    def __init__(self, mimetype: str = "audio/ogg", status: int = 201) -> None:
        self.asked: list[str] = []
        self._answer = {"mimetype": mimetype, "base64": base64.b64encode(b"OggS").decode()}
        self._status = status

    async def __aenter__(self) -> "Files":
        app = web.Application()
        app.router.add_post("/chat/getBase64FromMediaMessage/{instance}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    @property
    def environ(self) -> dict[str, str]:
        return {
            "EVOLUTION_SERVER_URL": f"http://127.0.0.1:{self._runner.addresses[0][1]}", "EVOLUTION_API_KEY": "k",
        }  # fmt: skip

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked.append((await request.json())["message"]["key"]["id"])
        return web.json_response(self._answer, status=self._status)


@pytest.fixture
async def chat(client: aioredis.Redis, redis_url: str) -> AsyncIterator[Chat]:
    async with chatting(client, redis_url) as chat:
        yield chat


def media(endpoint: Endpoint, **more: str) -> dict[str, str]:
    """Only files are read by a model; the clinic's own words answer."""
    return endpoint.environ(LLM_MODEL="", **more)


async def test_a_voice_note_is_answered_as_if_it_were_written(chat: Chat, redis_url: str) -> None:
    async with Endpoint() as endpoint, Files() as files:
        settings = media(endpoint, TRANSCRIBE_MODEL="ears") | files.environ
        async with responding(redis_url, **settings):
            note = await chat.says(kind="audio", attachment=NOTE)
            (said,) = await chat.answered()
    (draft,) = await chat.facts(ReplyDrafted)
    (heard,) = await chat.facts(MessageHeard)
    assert isinstance(draft, ReplyDrafted)
    assert isinstance(heard, MessageHeard)
    assert (draft.decision, draft.answers) == ("hours", (note.id,))
    assert (heard.message_id, heard.medium, heard.text, heard.by) == (note.message_id, "audio", endpoint.heard, "ears")
    assert files.asked == [note.message_id]
    assert "8h" in said
    assert await chat.facts(HandoffRequested) == []


async def test_a_picture_is_answered_by_what_it_shows(chat: Chat, redis_url: str) -> None:
    async with Endpoint("Tem estacionamento?") as endpoint, Files("image/jpeg") as files:
        settings = media(endpoint, VISION_MODEL="eyes") | files.environ
        async with responding(redis_url, **settings):
            await chat.says(kind="image", attachment=PICTURE)
            await chat.answered()
    (draft,) = await chat.facts(ReplyDrafted)
    assert isinstance(draft, ReplyDrafted)
    assert any("parking" in source for source in draft.sources)


@pytest.mark.parametrize(
    ("status", "attachment", "heard"),
    [(404, NOTE, "x"), (201, Attachment(mimetype="audio/ogg", seconds=3000), "x"), (201, NOTE, "")],
    ids=["the gateway has it no more", "too long", "silence"],
)
async def test_what_cannot_be_heard_gets_a_kind_word_and_a_person(
    chat: Chat, redis_url: str, status: int, attachment: Attachment, heard: str
) -> None:
    async with Endpoint() as endpoint, Files(status=status) as files:
        endpoint.heard = heard
        settings = media(endpoint, TRANSCRIBE_MODEL="ears") | files.environ
        async with responding(redis_url, **settings):
            await chat.says(kind="audio", attachment=attachment)
            (said,) = await chat.answered()
    assert "arquivo" in said
    assert [one.why for one in await chat.facts(HandoffRequested) if isinstance(one, HandoffRequested)] == ["media"]


async def test_a_turn_that_begins_anew_does_not_pay_for_its_note_again(chat: Chat, redis_url: str) -> None:
    async with Endpoint() as endpoint, Files() as files:
        settings = media(endpoint, TRANSCRIBE_MODEL="ears", RESPONDER_DEBOUNCE_MIN_MS="300") | files.environ
        async with responding(redis_url, **settings):
            await chat.says(kind="audio", attachment=NOTE)
            await chat.says("e no sábado?")
            await chat.answered()
    assert [kind for kind, _ in endpoint.asked] == ["transcription"]
