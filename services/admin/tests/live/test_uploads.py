"""Is a file kept as what it is, for as long as it may be sent, and refused when it is nothing to be sent?"""

import asyncio
import time

import pytest
from aiohttp import FormData

from shared.clock import ManualClock
from shared.events import Media, VoiceNote, decode
from shared.streams import keys
from tests.support.replica import INSTANCE, Streams

URL, MESSAGES = f"/admin/uploads?instance={INSTANCE}", "/admin/messages"
PDF, OGG = b"%PDF-1.7\nexame", b"OggS\x00\x02 OpusHead"
GOOD = {"instance": INSTANCE, "to": "+55 11 98888-7777"}
DAY_MS = 86_400_000


def form(data: bytes = PDF, name: str = "exame.pdf", field: str = "file") -> FormData:
    made = FormData(quote_fields=False)  # as browsers do
    made.add_field(field, data, filename=name, content_type="image/png")  # what it says of itself counts for nothing
    return made


async def upload(admin, status: int = 201, **about) -> dict:
    answer = await admin.post(URL, data=form(**about))
    assert answer.status == status, await answer.text()
    return await answer.json()


async def send(admin, status: int = 202, **about) -> dict:
    answer = await admin.post(MESSAGES, json=GOOD | about)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_a_file_is_kept_with_what_it_is(streams: Streams, client, admin) -> None:
    told = await upload(admin, name="../../exame\u202e.exe")
    assert told["source"].startswith("upload:")
    assert (told["mediatype"], told["mimetype"], told["file_name"], told["size"]) == (
        "document", "application/pdf", "exame.exe.pdf", len(PDF),
    )  # fmt: skip
    key = keys.upload(INSTANCE, told["source"].removeprefix("upload:"))
    assert await client.hgetall(key) == {
        b"data": PDF, b"mimetype": b"application/pdf", b"kind": b"document", b"name": b"exame.exe.pdf",
    }  # fmt: skip
    assert DAY_MS - 60_000 < await client.pttl(key) <= DAY_MS
    assert abs(told["expires_at"] - time.time() * 1000 - DAY_MS) < 60_000


async def test_it_is_sent_by_its_name_and_kept_until_then(streams: Streams, client, admin) -> None:
    source = (await upload(admin))["source"]
    at = (int(time.time()) + 30 * 86_400) * 1000
    await send(admin, media={"mediatype": "document", "source": source, "caption": "Seu exame"}, send_at=at)
    (data,) = await client.hvals(keys.parked(INSTANCE))
    assert decode(data.partition(b"\n")[2]).content == Media(mediatype="document", source=source, caption="Seu exame")
    left = await client.pttl(keys.upload(INSTANCE, source.removeprefix("upload:")))
    assert left > 31 * DAY_MS
    await send(admin, media={"mediatype": "document", "source": source})  # sooner: it is kept as long as before
    assert await client.pttl(keys.upload(INSTANCE, source.removeprefix("upload:"))) > left - 60_000


async def test_a_voice_note_is_audio(streams: Streams, client, admin) -> None:
    source = (await upload(admin, data=OGG, name="x"))["source"]
    await send(admin, media={"mediatype": "voice_note", "source": source})
    (entry,) = await client.xrange(keys.outbound(INSTANCE))
    assert decode(entry[1][b"e"]).content == VoiceNote(source=source)
    problem = await send(admin, 400, media={"mediatype": "image", "source": source})
    assert problem["parameter"] == "media.mediatype"


async def test_an_upload_that_is_not_there_is_told_at_once(streams: Streams, client, admin) -> None:
    media = {"mediatype": "document", "source": "upload:019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4051"}
    assert (await send(admin, 400, media=media))["parameter"] == "media.source"
    assert not await streams.facts()


async def test_another_instance_has_it_not(streams: Streams, client, admin) -> None:
    await client.sadd(keys.INSTANCES, "wa2")
    source = (await upload(admin))["source"]
    await send(admin, 400, instance="wa2", media={"mediatype": "document", "source": source})


@pytest.mark.parametrize(
    ("about", "status"),
    [
        ({"data": b"MZ\x90\x00", "name": "a.pdf"}, 415),
        ({"data": b""}, 400),
        ({"field": "other"}, 400),
        ({"data": b"%PDF-" + bytes(16 * 1024**2)}, 413),
    ],
)
async def test_what_cannot_be_sent_is_not_kept(streams: Streams, client, admin, about: dict, status: int) -> None:
    assert (await upload(admin, status, **about))["status"] == status
    assert not [key async for key in client.scan_iter("*upload*")]


async def test_a_file_larger_than_any_json_body_is_taken(streams: Streams, client, admin) -> None:
    assert (await upload(admin, data=PDF + bytes(3 * 1024**2)))["size"] > 2 * 1024**2


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{}", "application/json"), (b"", "multipart/form-data"), (b"x", "multipart/form-data; boundary=b")],
)
async def test_what_is_no_form_is_told(streams: Streams, admin, body: bytes, kind: str) -> None:
    answer = await admin.post(URL, data=body, headers={"Content-Type": kind})
    assert answer.status in (400, 415), await answer.text()
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("query", ["", "?instance=nobody", "?instance=wa1&x=1"])
async def test_whose_it_is_must_be_said(streams: Streams, admin, query: str) -> None:
    answer = await admin.post(f"/admin/uploads{query}", data=form())
    assert answer.status in (400, 404)


@pytest.mark.parametrize("end", ["", "\r\n", "\r\n--edge", "\r\n--edg--\r\n", "\r\n--edge\r\n\r\nx\r\n--edge--\r\n"])
async def test_a_form_that_was_cut_off_is_no_file(streams: Streams, client, admin, end: str) -> None:
    head = '--edge\r\nContent-Disposition: form-data; name="file"; filename="exame.pdf"\r\n\r\n'
    data = head.encode() + PDF + end.encode()
    answer = await admin.post(URL, data=data, headers={"Content-Type": "multipart/form-data; boundary=edge"})
    assert (answer.status, (await answer.json())["parameter"]) == (400, "file")
    assert await client.keys(keys.upload(INSTANCE, "*")) == []
    whole = head.encode() + PDF + b"\r\n--edge--\r\n"
    answer = await admin.post(URL, data=whole, headers={"Content-Type": "multipart/form-data; boundary=edge"})
    assert answer.status == 201


async def test_an_instances_files_take_so_much_and_no_more_until_some_go(
    new_admin, redis_url: str, streams: Streams, client
) -> None:
    await client.sadd(keys.INSTANCES, "wa2")
    clock = ManualClock()
    admin = await new_admin(redis_url, clock=clock, uploads_max_mib=1)
    half = PDF + bytes(500 * 1024)
    first = await upload(admin, data=half)
    await upload(admin, data=half)
    answer = await admin.post(URL, data=form(half))
    problem = await answer.json()
    assert (answer.status, problem["parameter"]) == (429, "file")
    assert "UPLOADS_MAX_MIB" in problem["detail"]
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    assert len(await client.keys(keys.upload(INSTANCE, "*"))) == 2
    assert (await admin.post("/admin/uploads?instance=wa2", data=form(half))).status == 201
    await send(admin, media={"mediatype": "document", "source": first["source"]})  # this one is kept for longer
    clock.advance(86_401)
    await upload(admin, data=half)
    await upload(admin, 429, data=half)


async def test_a_file_that_alone_is_too_much_is_told(new_admin, redis_url: str, streams: Streams) -> None:
    admin = await new_admin(redis_url, uploads_max_mib=1)
    assert "1 MiB" in (await upload(admin, 413, data=PDF + bytes(1024**2)))["detail"]


async def test_files_that_come_at_once_are_counted_one_after_the_other(
    new_admin, redis_url: str, streams: Streams, client
) -> None:
    admin = await new_admin(redis_url, uploads_max_mib=1)
    answers = await asyncio.gather(*(admin.post(URL, data=form(PDF + bytes(300 * 1024))) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [429] * 5


async def test_files_leave_redis_room_for_what_patients_write(
    new_admin, redis_url: str, streams: Streams, client
) -> None:
    admin = await new_admin(redis_url)
    used = (await client.info("memory"))["used_memory"]
    await client.config_set("maxmemory", used + 4 * 1024**2)
    try:
        told = await upload(admin, 429, data=PDF + bytes(3 * 1024**2))
    finally:
        await client.config_set("maxmemory", 0)
    assert "room" in told["detail"]
    await upload(admin, data=PDF + bytes(3 * 1024**2))


async def test_a_file_that_comes_again_with_its_key_is_the_same(
    new_admin, redis_url: str, streams: Streams, client
) -> None:
    admin = await new_admin(redis_url)

    async def source(key: str, data: bytes) -> str:
        answer = await admin.post(URL, data=form(data), headers={"Idempotency-Key": key})
        assert answer.status == 201
        return str((await answer.json())["source"])

    first = await source("one", PDF)
    assert await source("one", PDF) == first
    assert len({first, await source("one", PDF + b"\n"), await source("two", PDF)}) == 3
    assert len(await client.keys(keys.upload(INSTANCE, "*"))) == 3


# ── a file that is for one message ─────────────────────────────────────────────────────────────────────────────────
async def for_one(admin, status: int = 201, data: bytes = PDF) -> str:
    answer = await admin.post(f"{URL}&once=true", data=form(data))
    assert answer.status == status, await answer.text()
    return str((await answer.json()).get("source", ""))


def key_of(source: str) -> str:
    return keys.upload(INSTANCE, source.removeprefix("upload:"))


def document(source: str) -> dict:
    return {"media": {"mediatype": "document", "source": source}}


async def test_it_is_the_first_messages_and_kept_for_it(streams: Streams, client, admin) -> None:
    key = key_of(source := await for_one(admin))
    assert (await client.hget(key, "only_for"), await client.pttl(key) <= 15 * 60_000) == (b"", True)
    told = await send(admin, **document(source))
    assert (await client.hget(key, "only_for")).decode() == told["id"]
    assert await client.pttl(key) > DAY_MS
    await send(admin, **document(source))  # after all: whichever is sent first must not take it from the other
    assert await client.hget(key, "only_for") == b"several"


async def test_it_goes_soon_when_its_message_was_refused(new_admin, redis_url: str, streams: Streams, client) -> None:
    admin = await new_admin(redis_url, stream_maxlen=1)
    await send(admin, text="the queue is full")
    key = key_of(source := await for_one(admin))
    await send(admin, 429, **document(source))
    assert (await client.hget(key, "only_for"), 0 < await client.pttl(key) <= 15 * 60_000) == (b"", True)


async def test_it_goes_when_its_message_is_taken_back(streams: Streams, client, admin) -> None:
    key = key_of(source := await for_one(admin))
    told = await send(admin, **document(source))
    assert (await admin.delete(f"{MESSAGES}/{told['id']}?instance={INSTANCE}")).status == 200
    assert not await client.exists(key)


async def test_one_that_may_go_to_many_stays_when_a_message_is_taken_back(streams: Streams, client, admin) -> None:
    key = key_of(source := (await upload(admin))["source"])
    told = await send(admin, **document(source))
    assert (await admin.delete(f"{MESSAGES}/{told['id']}?instance={INSTANCE}")).status == 200
    assert await client.exists(key)


async def test_the_room_of_what_went_before_its_time_is_free(
    new_admin, redis_url: str, streams: Streams, client
) -> None:
    admin = await new_admin(redis_url, uploads_max_mib=1)
    half = PDF + bytes(500 * 1024)
    first, second = [await for_one(admin, data=half) for _ in range(2)]
    await for_one(admin, 429, half)
    await client.unlink(key_of(first))  # as the sender does when it was sent
    third = await for_one(admin, data=half)
    await for_one(admin, 429, half)
    kept = {line.partition(b" ")[0].decode() for line in await client.zrange(keys.uploads(INSTANCE), 0, -1)}
    assert kept == {source.removeprefix("upload:") for source in (second, third)}
