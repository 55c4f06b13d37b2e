"""Does a stored file reach the gateway as its bytes, and does one that is gone end its send with a reason?"""

import base64
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from sender.uploads import Uploads
from shared import ids
from shared.events import Media, SendAccepted, SendAttempted, SendFailed, SendRequested, VoiceNote
from shared.streams import keys
from tests.support.gateway import Gateway, captured
from tests.support.one_sender import sender
from tests.support.replica import Streams, a_send
from tests.support.waiting import until

BYTES = b"%PDF-1.7 \x00\xff"


async def keep(streams: Streams, **more: str) -> str:
    id_ = ids.new()
    about: dict[Any, Any] = {"data": BYTES, "mimetype": "application/pdf", "kind": "document", "name": "exame.pdf"}
    about |= more
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


# ── a file that is for one message ─────────────────────────────────────────────────────────────────────────────────
async def carrying(streams: Streams, only_for: str = "", **about: Any) -> tuple[SendRequested, str]:
    """A send with a file that is kept for it alone, or for `only_for`; and the file's key."""
    id_ = ids.new()
    source = await keep(streams, only_for=only_for or id_)
    send = a_send(content=Media(mediatype="document", source=source), id=id_, send_class="staff", **about)
    return send, keys.upload(streams.instance, source.removeprefix("upload:"))


@pytest.mark.parametrize(
    "answer", ["sendText_201", "BUG_sendText_400_although_sent", "sendText_number_not_on_whatsapp_400"]
)
async def test_it_goes_when_its_message_was_sent_or_never_can_be(
    streams: Streams, redis_url: str, gateway: Gateway, answer: str
) -> None:
    gateway.script(captured(f"baileys-sim/{answer}"))
    send, key = await carrying(streams)
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(send)
        await until(streams.idle)
    assert len(gateway.calls) == 1
    assert not await streams.client.exists(key)


async def test_it_goes_when_its_message_comes_too_late(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    send, key = await carrying(streams, expires_at=1)
    async with sender(redis_url, gateway):
        await streams.put(send)
        await until(streams.idle)
    assert not await streams.client.exists(key)


async def test_it_stays_for_a_message_that_is_tried_again_or_replayed(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    gateway.script(*[captured("baileys-sim/sendText_timed_out_during_send_400")] * 5)
    send, key = await carrying(streams)
    async with sender(redis_url, gateway, WA_MAX_DELIVERIES="2"):
        await streams.put(send)
        await until(lambda: streams.client.xlen(keys.dead_letters(streams.instance)))
    assert len(gateway.calls) == 2
    assert await streams.client.hget(key, "data") == BYTES


async def test_it_stays_for_a_message_that_is_put_aside(streams: Streams, redis_url: str, gateway: Gateway) -> None:
    send, key = await carrying(streams)
    await streams.client.set(keys.new_contacts_paused(streams.instance), str(2**53), px=60_000)
    async with sender(redis_url, gateway):
        await streams.put(send)
        await until(lambda: streams.client.hexists(keys.parked(streams.instance), send.id))
    assert gateway.calls == []
    assert await streams.client.exists(key)


async def test_it_stays_when_it_is_for_another_message_or_for_several(
    streams: Streams, redis_url: str, gateway: Gateway
) -> None:
    sends = [await carrying(streams, only_for) for only_for in (ids.new(), "several")]
    async with sender(redis_url, gateway, SEND_UNCONFIRMED_AFTER_S="0"):
        await streams.put(*(send for send, _ in sends))
        await until(streams.idle)
    assert len(gateway.calls) == 2
    assert await streams.client.exists(*(key for _, key in sends)) == 2
