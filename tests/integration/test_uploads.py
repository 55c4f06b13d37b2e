"""Does a stored file reach the gateway as its bytes, and does one that is gone end its send with a reason?"""

import base64
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from sender.uploads import Uploads
from shared import ids
from shared.events import Media, SendAccepted, SendAttempted, SendFailed, VoiceNote
from shared.streams import keys
from tests.support.gateway import Gateway
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

BYTES = b"%PDF-1.7 \x00\xff"


async def keep(streams: Streams) -> str:
    id_ = ids.new()
    about: dict[Any, Any] = {"data": BYTES, "mimetype": "application/pdf", "kind": "document", "name": "exame.pdf"}
    await streams.client.hset(keys.upload(streams.instance, id_), mapping=about)
    return f"upload:{id_}"


async def test_its_bytes_go_to_the_gateway_with_its_name_and_type(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    source = await keep(streams)
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(
            a_send(content=Media(mediatype="document", source=source, caption="Seu exame")),
            a_send(content=Media(mediatype="document", source=source, file_name="outro.pdf")),
            a_send(content=VoiceNote(source=source)),
        )
        await until(streams.idle)
    first, second, note = gateway.calls
    assert first.body == {
        "number": "5511988887777", "mediatype": "document", "media": base64.b64encode(BYTES).decode(),
        "mimetype": "application/pdf", "fileName": "exame.pdf", "caption": "Seu exame",
    }  # fmt: skip
    assert second.body["fileName"] == "outro.pdf"
    assert (note.call, note.body["audio"]) == ("sendWhatsAppAudio", base64.b64encode(BYTES).decode())


async def test_one_that_is_gone_costs_no_token_and_says_why(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    gone = a_send(content=Media(mediatype="image", source=f"upload:{ids.new()}"))
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(gone, a_send("next"))
        await until(streams.idle)
    (failed,) = await streams.facts(SendFailed)
    assert isinstance(failed, SendFailed)
    assert (failed.send_id, failed.category, failed.final) == (gone.id, "permanent", True)
    assert "upload" in failed.reason
    assert [call.text for call in gateway.calls] == ["next"]
    assert len(await streams.facts(SendAttempted)) == 1


async def test_one_that_cannot_be_read_for_a_moment_is_no_unknown_outcome(
    streams: Streams, redis_url: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was called: a reminder must not become a dead letter because nobody can prove that it was."""
    original, broken = Uploads.filled_in, 2

    async def sometimes(self: Uploads, event: Any) -> Any:
        nonlocal broken
        if broken:
            broken -= 1
            raise RedisConnectionError("cut")
        return await original(self, event)

    monkeypatch.setattr(Uploads, "filled_in", sometimes)
    content = Media(mediatype="document", source=await keep(streams))
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(a_send(content=content, send_class="reminder"))
        await until(streams.accepted)
    failed = [fact for fact in await streams.facts(SendFailed) if isinstance(fact, SendFailed)]
    assert [fact.category for fact in failed] == ["not_called"] * 2
    assert len(await streams.facts(SendAccepted)) == len(gateway.calls) == 1
