"""Is a message of the clinic's own taken once, at its time, and only when there is room for it?"""

import asyncio
import datetime as dt
import time

import pytest

from shared.events import (
    Button,
    Buttons,
    Listing,
    Location,
    Media,
    Reaction,
    Row,
    Section,
    SendRefused,
    SendRequested,
    SendScheduled,
    Text,
    VoiceNote,
    decode,
)
from shared.streams import keys
from tests.support.replica import INSTANCE, Streams, running
from tests.support.waiting import until

from .phone import sender_replica
from .talk import everything

URL = "/admin/messages"
GOOD = {"instance": INSTANCE, "to": "+55 11 98888-7777", "text": "Sua consulta é amanhã"}
STREAM, VIP = keys.outbound(INSTANCE), keys.outbound_vip(INSTANCE)


async def _send(admin, status: int = 202, *, headers: dict | None = None, **about) -> dict:
    answer = await admin.post(URL, json=GOOD | about, headers=headers)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def _on(client, stream: str) -> list[SendRequested]:
    return [decode(fields[b"e"]) for _, fields in await client.xrange(stream)]


async def test_a_text_goes_on_the_stream_and_into_the_log(streams: Streams, client, admin) -> None:
    answer = await _send(admin)
    assert answer | {"id": ""} == {
        "id": "", "status": "queued", "send_at": None, "to": "5511988887777", "number": "+55 11 98888-7777",
    }  # fmt: skip
    (send,) = await _on(client, STREAM)
    assert await streams.facts() == [send]
    assert (send.id, send.chat, send.to) == (answer["id"], "5511988887777", "5511988887777")
    assert (send.content, send.send_class, send.vip) == (Text(text=GOOD["text"]), "staff", False)
    assert (send.expires_at, send.not_before) == (None, None)
    assert send.traceparent
    assert (await client.xrevrange(keys.wake("sender"), count=1))[0][1] == {b"i": INSTANCE.encode()}


async def test_a_number_without_a_country_code_is_of_the_clinics_country(streams: Streams, client, admin) -> None:
    assert (await _send(admin, to="(51) 98765-4321"))["number"] == "+55 51 98765-4321"
    await client.sadd(keys.contacts(INSTANCE), "51987654321")  # somebody in Peru wrote: that is the chat's name
    assert (await _send(admin, to="51987654321"))["number"] == "+51 987 654 321"
    assert [send.to for send in await _on(client, STREAM)] == ["5551987654321", "51987654321"]


async def test_without_the_clinics_files_a_number_needs_its_country_code(
    streams: Streams, client, new_admin, redis_url: str, tmp_path
) -> None:
    admin = await new_admin(redis_url, clinics_dir=str(tmp_path))
    assert (await _send(admin, to="5511977776666"))["to"] == "5511977776666"


async def test_a_dry_run_tells_whom_it_would_go_to_and_writes_nothing(streams: Streams, client, admin) -> None:
    before = await everything(client)
    told = await _send(admin, 200, to="11 97777-6666", dry_run=True)
    assert told == {
        "id": None, "status": "dry_run", "to": "5511977776666", "number": "+55 11 97777-6666", "send_at": None,
    }  # fmt: skip
    assert (await _send(admin, 400, to="97777-6666", dry_run=True))["parameter"] == "to"
    assert await everything(client) == before


async def test_what_it_may_say(streams: Streams, client, admin) -> None:
    image = {"mediatype": "image", "source": "https://example.org/a.png", "caption": "mapa"}
    before = time.time() * 1000
    await _send(admin, text=None, media=image, priority="vip", ttl_s=60, **{"class": "reminder"})
    await _send(admin, text=None, media={"mediatype": "voice_note", "source": "AAAA"}, priority="vip")
    picture, note = await _on(client, VIP)
    assert picture.content == Media(mediatype="image", source="https://example.org/a.png", caption="mapa")
    assert (picture.send_class, picture.vip) == ("reminder", True)
    assert before + 60_000 <= picture.expires_at <= time.time() * 1000 + 60_000
    assert note.content == VoiceNote(source="AAAA")


LIST = {
    "title": "T", "description": "d", "footer": "f", "button": "b",
    "sections": [{"title": "s", "rows": [{"id": "1", "title": "r", "description": "d"}]}],
}  # fmt: skip
BUTTONS = {"title": "T", "description": "D", "footer": "F", "buttons": [{"id": "yes", "text": "Sim"}]}


@pytest.mark.parametrize(
    ("kind", "body", "content"),
    [
        ("buttons", BUTTONS, Buttons(title="T", description="D", footer="F", buttons=(Button(id="yes", text="Sim"),))),
        (
            "list",
            LIST,
            Listing(
                title="T", description="d", footer="f", button="b",
                sections=(Section(title="s", rows=(Row(id="1", title="r", description="d"),)),),
            ),
        ),
        ("reaction", {"message_id": "3A01", "emoji": "👍"}, Reaction(message_id="3A01", emoji="👍")),
        (
            "location",
            {"latitude": -23.5, "longitude": -46.6, "name": "Clínica", "address": "Rua A, 1"},
            Location(latitude=-23.5, longitude=-46.6, name="Clínica", address="Rua A, 1"),
        ),
        ("media", {"mediatype": "video", "source": "https://example.org/a.mp4"}, Media(mediatype="video", source="https://example.org/a.mp4")),
        ("media", {"mediatype": "audio", "source": "AAAA"}, Media(mediatype="audio", source="AAAA")),
    ],
)  # fmt: skip
async def test_every_kind_that_the_sender_knows_can_be_asked_for(streams: Streams, client, admin, kind, body, content):
    await _send(admin, **{"text": None, kind: body})
    (send,) = await _on(client, STREAM)
    assert send.content == content


REMINDER = {
    "name": "reminder",
    "variables": {"name": "Ana", "service": "limpeza", "date": "3 de março", "time": "9h"},
}  # fmt: skip


async def test_a_template_of_the_clinics_is_sent_in_its_words(streams: Streams, client, admin) -> None:
    await _send(admin, text=None, template=REMINDER, idempotency_key="k")
    await _send(admin, text=None, template=REMINDER | {"language": "es"})
    first, second = await _on(client, STREAM)
    assert first.content.text.startswith("Olá, Ana! Lembrete: limpeza em 3 de março, às 9h")
    assert second.content.text.startswith("¡Hola, Ana! Recordatorio: limpeza")
    await _send(admin, 200, text=None, template=REMINDER, idempotency_key="k")
    other = REMINDER | {"variables": REMINDER["variables"] | {"name": "Eva"}}
    await _send(admin, 422, text=None, template=other, idempotency_key="k")


@pytest.mark.parametrize(
    ("template", "parameter"),
    [
        ({"name": "remind", "variables": {}}, "template.name"),
        (REMINDER | {"variables": {"name": "Ana"}}, "template.variables.service"),
        (REMINDER | {"variables": REMINDER["variables"] | {"doctor": "x"}}, "template.variables.doctor"),
        (REMINDER | {"language": "de"}, "template.language"),
    ],
)
async def test_a_template_that_does_not_come_out_is_told_by_its_part(streams, admin, template, parameter) -> None:
    assert (await _send(admin, 400, text=None, template=template))["parameter"] == parameter
    assert await streams.facts() == []


async def test_a_template_is_one_of_the_kinds(streams: Streams, admin) -> None:
    assert (await _send(admin, 400, template=REMINDER))["parameter"] == "text"


async def test_the_same_key_sends_once(streams: Streams, client, admin) -> None:
    first = await _send(admin, idempotency_key="agenda-17")
    again = await _send(admin, 200, idempotency_key="agenda-17")
    by_header = await _send(admin, 200, headers={"Idempotency-Key": "agenda-17"})
    assert again == by_header == {name: first[name] for name in ("id", "to", "number")} | {"status": "repeated"}
    other = await _send(admin, 422, idempotency_key="agenda-17", text="outra coisa")
    assert (other["parameter"], other["id"]) == ("idempotency_key", first["id"])
    await _send(admin, idempotency_key="agenda-18")
    assert len(await _on(client, STREAM)) == 2
    assert 0 < await client.pttl(keys.seen(INSTANCE, "send:agenda-17")) <= 86_400_000


async def test_the_same_key_ten_times_at_once(streams: Streams, client, admin) -> None:
    answers = await asyncio.gather(*(admin.post(URL, json=GOOD | {"idempotency_key": "k"}) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [200] * 9 + [202]
    assert len({(await answer.json())["id"] for answer in answers}) == 1
    assert len(await _on(client, STREAM)) == 1


async def test_without_a_key_each_is_a_message_of_its_own(streams: Streams, client, admin) -> None:
    assert (await _send(admin))["id"] != (await _send(admin))["id"]
    assert len(await _on(client, STREAM)) == 2


@pytest.mark.parametrize("as_iso", [True, False])
async def test_a_later_message_is_parked_with_its_facts(streams: Streams, client, admin, as_iso: bool) -> None:
    at = (time.time_ns() // 10**9 + 3600) * 1000
    given = dt.datetime.fromtimestamp(at / 1000, dt.timezone(dt.timedelta(hours=-3))).isoformat() if as_iso else at
    answer = await _send(admin, send_at=given, ttl_s=600, priority="vip", idempotency_key="k")
    assert (answer["status"], answer["send_at"]) == ("scheduled", at)
    assert await client.zrange(keys.due(INSTANCE), 0, -1, withscores=True) == [(answer["id"].encode(), at)]
    stream, _, data = (await client.hget(keys.parked(INSTANCE), answer["id"])).partition(b"\n")
    send = decode(data)
    assert (stream.decode(), send.not_before, send.expires_at) == (VIP, at, at + 600_000)
    requested, scheduled = await streams.facts()
    assert (requested, type(scheduled)) == (send, SendScheduled)
    assert (scheduled.send_id, scheduled.until) == (send.id, at)
    assert await client.zscore(keys.WAKE_DUE, INSTANCE) == at
    assert await client.xlen(VIP) == 0
    await _send(admin, 200, send_at=given, ttl_s=600, priority="vip", idempotency_key="k")
    assert await client.zcard(keys.due(INSTANCE)) == 1


async def test_a_scheduled_message_goes_out_when_its_time_has_come(streams, client, admin, redis_url) -> None:
    from shared.streams.due import Promoter

    answer = await _send(admin, send_at=time.time_ns() // 10**6 + 300)
    assert answer["status"] == "scheduled"
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        promoter = Promoter(streams.scripts, replica.consumer.roster, lambda i: (keys.outbound(i),), bound=0)
        await until(lambda: promoter.promote(INSTANCE))
        await until(streams.idle)
    assert replica.handler.begun == [GOOD["text"]]
    assert await streams.accepted() == [answer["id"]]


async def test_a_full_queue_refuses_and_says_so_in_the_log(streams: Streams, client, new_admin, redis_url) -> None:
    admin = await new_admin(redis_url, stream_maxlen=2)
    for _ in range(2):
        await _send(admin)
    answer = await admin.post(URL, json=GOOD | {"idempotency_key": "k"})
    assert answer.status == 429
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert len(await _on(client, STREAM)) == len(await streams.facts(SendRequested)) == 2
    (refused,) = await streams.facts(SendRefused)
    assert (refused.chat, refused.send_class) == ("5511988887777", "staff")
    assert refused.reason == "2 messages wait already"
    assert not await client.exists(keys.seen(INSTANCE, "send:k"))
    await _send(admin, priority="vip")  # a stream of its own


async def test_no_bound_is_no_bound(streams: Streams, client, new_admin, redis_url) -> None:
    admin = await new_admin(redis_url, stream_maxlen=0, log_maxlen=0)
    for _ in range(3):
        await _send(admin)
    assert len(await _on(client, STREAM)) == 3


async def test_an_instance_that_nobody_knows(streams: Streams, client, admin, new_admin, redis_url) -> None:
    problem = await _send(admin, 404, instance="wa2")
    assert problem["parameter"] == "instance"
    assert not await client.exists(keys.events("wa2"))
    named = await new_admin(redis_url, wa_instances="wa2, wa3")
    await _send(named, instance="wa2")
    await _send(admin, instance="wa2")  # known from now on, to every replica


async def test_a_fault_writes_nothing(streams: Streams, client, admin) -> None:
    await _send(admin, 400, to="maria", idempotency_key="k")
    await _send(admin, 400, template="hello", idempotency_key="k")
    assert await streams.facts() == []
    assert not await client.exists(keys.seen(INSTANCE, "send:k"))
