"""Does a dead letter come back to work once, only when it was not sent meanwhile, and is every change of it told?"""

import asyncio

import msgspec
import pytest

from admin.deadletters.meanwhile import meanwhile
from shared import ids
from shared.events import (
    AdminActed,
    Media,
    MessageReceived,
    ReplyDrafted,
    SendAccepted,
    SendAttempted,
    SendEchoed,
    SendReplayed,
    SendRequested,
    Text,
    content_digest,
    decode,
    encode,
    following,
)
from shared.streams import keys
from shared.streams.progress import Progress, dump, parse
from tests.support.replica import INSTANCE, Streams, running
from tests.support.waiting import until

from .phone import sender_replica
from .talk import CHAT, OTHER, Talk, everything, facts, wrote

TRIED = Progress().begun(at=ids.time_ms(ids.new()), by="r1").ended("permanent", "no")
STREAM = keys.outbound(INSTANCE)


def send(text: str = "Sua consulta é amanhã", **about) -> SendRequested:
    id_ = ids.new()
    now = ids.time_ms(id_)
    return SendRequested(
        id=id_, instance=INSTANCE, chat=CHAT, to=CHAT, occurred_at=now, recorded_at=now, content=Text(text=text),
        send_class=about.pop("send_class", "reminder"), **about,
    )  # fmt: skip


async def dead(client, event, reason: str = "no answer", stream: str = STREAM, progress: Progress = TRIED) -> str:
    """Requested, tried, and set aside, as the services write it."""
    data = event if isinstance(event, bytes) else encode(event)
    if not isinstance(event, bytes):
        await client.xadd(keys.events(INSTANCE), {"e": data})
    fields = {"reason": reason, "stream": stream, "entry": "1-0", "e": data, "progress": dump(progress)}
    return (await client.xadd(keys.dead_letters(INSTANCE), fields)).decode()


async def tell(client, event) -> None:
    await client.xadd(keys.events(INSTANCE), {"e": encode(event)})


def accepted(event: SendRequested, message_id: str = "W1") -> SendAccepted:
    return following(SendAccepted, event, "accepted/1", event.recorded_at + 5, send_id=event.id, attempt=1,
                     message_id=message_id)  # fmt: skip


async def test_they_are_listed_page_by_page_and_filtered_by_reason(talk: Talk, client) -> None:
    made = [await dead(client, send(f"m{n}"), "Timed Out" if n % 2 else "no answer") for n in range(5)]
    page = await talk.ask("GET", "/dead-letters", limit=3)
    rest = await talk.ask("GET", "/dead-letters", cursor=page["next"], limit=3)
    assert [one["id"] for one in page["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None
    timed = await talk.ask("GET", "/dead-letters", reason="timed")
    assert [one["text"] for one in timed["items"]] == ["m3", "m1"]
    assert timed["items"][0] | {"id": "", "event_id": "", "at": 0} == {
        "id": "", "at": 0, "reason": "Timed Out", "stream": "stream", "type": "send.requested.v1", "event_id": "",
        "chat": CHAT, "to": CHAT, "text": "m3", "attempts": 1, "send_class": "reminder", "broadcast_id": "",
    }  # fmt: skip


async def test_one_is_read_with_its_tries(talk: Talk, client) -> None:
    message = send()
    told = await talk.ask("GET", f"/dead-letters/{await dead(client, message)}")
    assert (told["replayable"], told["why_not"]) == (True, "")
    assert told["event"]["content"]["text"] == "Sua consulta é amanhã"
    assert [(one["number"], one["by"], one["outcome"], one["reason"]) for one in told["tries"]] == [
        (1, "r1", "permanent", "no")
    ]


async def test_a_replay_sends_the_same_message_and_numbers_its_tries_on(talk: Talk, client, streams, redis_url) -> None:
    message = send(expires_at=5)
    id_ = await dead(client, message)
    assert await talk.ask("POST", f"/dead-letters/{id_}/replay", {}) == {"id": id_, "send_id": message.id}
    ((_, fields),) = await client.xrange(STREAM)
    work = decode(fields[b"e"])
    assert (work.id, work.content) == (message.id, message.content)
    assert work.expires_at > message.recorded_at
    assert parse(await client.hget(keys.progress(INSTANCE), message.id)).next_number == 2
    (told,) = await facts(client, SendReplayed)
    assert (told.send_id, told.by, told.correlation_id) == (message.id, "admin", message.id)
    replica = sender_replica(redis_url, streams.scripts, "r1")
    async with running(replica):
        await until(streams.idle)
    assert replica.handler.begun == ["Sua consulta é amanhã"]
    assert [fact.attempt for fact in await facts(client, SendAttempted)] == [2]
    assert await streams.dead() == []


async def test_an_edited_replay_is_a_message_of_its_own_in_the_same_story(talk: Talk, client) -> None:
    message = send()
    id_ = await dead(client, message)
    edit = {"text": "Sua consulta é hoje", "to": "(11) 97777-6666"}
    told = await talk.ask("POST", f"/dead-letters/{id_}/replay", {"edit": edit})
    ((_, fields),) = await client.xrange(STREAM)
    work = decode(fields[b"e"])
    assert told["send_id"] == work.id != message.id
    assert (work.chat, work.to, work.content, work.by) == (OTHER, OTHER, Text(text="Sua consulta é hoje"), "admin")
    assert (work.causation_id, work.correlation_id) == (message.id, message.id)
    replayed, requested = (await facts(client))[-2:]
    assert (replayed.send_id, requested) == (message.id, work)


async def test_of_many_replays_at_once_one_is_done(talk: Talk, client) -> None:
    id_ = await dead(client, send())
    asked = [
        talk._admin.post(f"/admin/dead-letters/{id_}/replay", json={}, params={"instance": INSTANCE}) for _ in range(10)
    ]
    assert sorted(answer.status for answer in await asyncio.gather(*asked)) == [200] + [404] * 9
    assert await client.xlen(STREAM) == 1


async def test_what_was_sent_meanwhile_is_not_replayed_unless_told(talk: Talk, client) -> None:
    message = send()
    id_ = await dead(client, message)
    await tell(client, accepted(message))
    before = await everything(client)
    assert "sent meanwhile" in await talk.refused(409, "resend", "POST", f"/dead-letters/{id_}/replay", {})
    assert await everything(client) == before
    await talk.ask("POST", f"/dead-letters/{id_}/replay", {"resend": True})
    assert await client.xlen(STREAM) == 1


async def test_the_gateways_echo_counts_as_sent_too(talk: Talk, client) -> None:
    """Nobody joined it: the outcome was unknown, proof came too late."""
    message = send()
    id_ = await dead(client, message)
    echo = SendEchoed(
        id=ids.new(), instance=INSTANCE, chat="551188887777", occurred_at=message.recorded_at + 9,
        recorded_at=message.recorded_at + 9, message_id="W7", content_digest=content_digest(message.content),
    )  # fmt: skip
    await tell(client, echo)
    await talk.refused(409, "resend", "POST", f"/dead-letters/{id_}/replay", {})


async def test_an_echo_of_another_send_does_not_count(talk: Talk, client) -> None:
    first, second = send(), send()
    id_ = await dead(client, second)
    await tell(client, accepted(first, "W1"))
    echo = SendEchoed(
        id=ids.new(), instance=INSTANCE, chat=CHAT, occurred_at=second.recorded_at, recorded_at=second.recorded_at,
        message_id="W1", content_digest=content_digest(first.content),
    )  # fmt: skip
    await tell(client, echo)
    await talk.ask("POST", f"/dead-letters/{id_}/replay", {})


async def test_what_is_sent_while_the_log_is_looked_through_is_seen_by_the_script(talk: Talk, client, streams) -> None:
    """The script looks at what came behind what was looked at."""
    message = send()
    id_ = await dead(client, message)
    looked_at = (await client.xrevrange(keys.events(INSTANCE), count=1))[0][0]
    await tell(client, accepted(message))
    names = [keys.dead_letters(INSTANCE), keys.events(INSTANCE), STREAM, keys.progress(INSTANCE)]
    args = [id_, encode(message), 0, 0, message.id, b"", looked_at, message.id, encode(message)]
    assert await streams.scripts.run("replay", names, args) == b"done"
    assert await client.xlen(STREAM) == 0


async def test_a_patients_message_goes_back_to_the_responder_unless_it_was_answered(talk: Talk, client) -> None:
    first, second = wrote("oi"), wrote("que horas?")
    letters = [await dead(client, one, "a bug", keys.inbound(INSTANCE)) for one in (first, second)]
    await tell(client, following(ReplyDrafted, second, "drafted", 5, answers=(second.id,), text="9h", language="pt",
                                 decision="hours"))  # fmt: skip
    await talk.ask("POST", f"/dead-letters/{letters[0]}/replay", {})
    ((_, fields),) = await client.xrange(keys.inbound(INSTANCE))
    assert decode(fields[b"e"]) == first
    assert [fact.action for fact in await facts(client, AdminActed)] == ["dead_letter.replay"]
    assert "answered" in await talk.refused(409, "resend", "POST", f"/dead-letters/{letters[1]}/replay", {})
    await talk.refused(
        400, "edit", "POST", f"/dead-letters/{letters[1]}/replay", {"edit": {"text": "a"}, "resend": True}
    )
    assert isinstance(decode(fields[b"e"]), MessageReceived)


@pytest.mark.parametrize(
    ("event", "stream", "why"),
    [(b"\x93no event", STREAM, "no event"), (send(), keys.outbound("other"), "nobody works")],
)
async def test_what_nobody_could_work_can_only_be_discarded(talk: Talk, client, event, stream: str, why: str) -> None:
    id_ = await dead(client, event, stream=stream)
    told = await talk.ask("GET", f"/dead-letters/{id_}")
    assert (told["replayable"], why in told["why_not"]) == (False, True)
    before = await everything(client)
    assert why in await talk.refused(409, "", "POST", f"/dead-letters/{id_}/replay", {})
    assert await everything(client) == before
    await talk.ask("DELETE", f"/dead-letters/{id_}", why="rubbish")
    (acted,) = await facts(client, AdminActed)
    assert (acted.action, acted.reason, acted.touched) == ("dead_letter.discard", "rubbish", 1)


async def test_many_are_replayed_in_their_order_and_the_rest_is_told(talk: Talk, client) -> None:
    messages = [send(f"m{n}") for n in range(4)]
    letters = [await dead(client, message, "Timed Out") for message in messages]
    await dead(client, send("other"), "no answer")
    await tell(client, accepted(messages[2]))
    dry = await talk.ask("POST", "/dead-letters/replay", {"reason": "timed out"}, dry_run=True)
    assert (dry["touched"], [one["id"] for one in dry["left"]]) == (3, [letters[2]])
    assert await client.xlen(STREAM) == 0
    told = await talk.ask("POST", "/dead-letters/replay", {"reason": "timed out"}, confirm=INSTANCE)
    assert told == dry | {"dry_run": False}
    texts = [decode(fields[b"e"]).content.text for _, fields in await client.xrange(STREAM)]
    assert texts == ["m0", "m1", "m3"]
    assert await client.xlen(keys.dead_letters(INSTANCE)) == 2


async def test_many_are_discarded_by_their_ids(talk: Talk, client) -> None:
    letters = [await dead(client, send(f"m{n}")) for n in range(3)]
    body = {"ids": [letters[0], letters[2], "1-1"], "why": "old"}
    assert (await talk.ask("POST", "/dead-letters/discard", body, dry_run=True))["touched"] == 2
    told = await talk.ask("POST", "/dead-letters/discard", body, confirm=INSTANCE)
    assert (told["touched"], [one["id"] for one in told["left"]]) == (2, ["1-1"])
    assert [one["id"] for one in (await talk.ask("GET", "/dead-letters"))["items"]] == [letters[1]]
    (acted,) = await facts(client, AdminActed)
    assert (acted.touched, acted.reason, acted.detail) == (2, "old", {"reasons": "no answer"})


async def test_a_file_that_was_kept_for_it_alone_goes_with_a_discarded_letter(talk: Talk, client) -> None:
    """Until then a replay needs it."""
    letters, files = [], []
    for _ in range(2):
        file, event = ids.new(), send()
        event = msgspec.structs.replace(event, content=Media(mediatype="image", source=f"upload:{file}"))
        letters.append(await dead(client, event))
        files.append(keys.upload(INSTANCE, file))
        await client.hset(files[-1], mapping={"data": "x", "only_for": event.id})
    await client.hset(files[1], "only_for", "several")
    assert await client.exists(*files) == 2
    await talk.ask("POST", "/dead-letters/discard", {"ids": letters, "why": "old"}, confirm=INSTANCE)
    assert [await client.exists(file) for file in files] == [0, 1]


async def test_a_files_caption_is_edited(talk: Talk, client) -> None:
    id_ = await dead(client, send(send_class="staff", vip=True), stream=keys.outbound_vip(INSTANCE))
    message = msgspec.structs.replace(send(), content=Media(mediatype="image", source="AAAA", caption="a"))
    other = await dead(client, message)
    await talk.ask("POST", f"/dead-letters/{other}/replay", {"edit": {"text": "b"}})
    await talk.ask("POST", f"/dead-letters/{id_}/replay", {"edit": {"text": "c"}})
    ((_, fields),) = await client.xrange(STREAM)
    assert decode(fields[b"e"]).content.caption == "b"
    assert await client.xlen(keys.outbound_vip(INSTANCE)) == 1


@pytest.mark.parametrize(
    ("status", "parameter", "method", "path", "body", "query"),
    [
        (404, "id", "GET", "/1-1", None, {}), (400, "id", "GET", "/x", None, {}),
        (400, "id", "GET", "/99999999999999999999999-1", None, {}),
        (404, "id", "POST", "/1-1/replay", {}, {}), (404, "id", "DELETE", "/1-1", None, {}),
        (400, "edit.to", "POST", "/{id}/replay", {"edit": {"to": "maria"}}, {}),
        (400, "edit.text", "POST", "/{id}/replay", {"edit": {"text": " "}}, {}),
        (400, "edit.txt", "POST", "/{id}/replay", {"edit": {"txt": "a"}}, {}),
        (400, "resend", "POST", "/{id}/replay", {"resend": "yes"}, {}),
        (428, "confirm", "POST", "/replay", {"reason": "no"}, {}),
        (400, "confirm", "POST", "/discard", {"reason": "no"}, {"confirm": "wa2"}),
        (400, "ids", "POST", "/discard", {}, {"confirm": INSTANCE}),
        (400, "ids", "POST", "/replay", {"ids": ["1-1"], "reason": "a"}, {"dry_run": True}),
        (400, "ids", "POST", "/replay", {"ids": ["x"]}, {"dry_run": True}),
        (400, "cursor", "GET", "?cursor=abc", None, {}), (400, "limit", "GET", "?limit=500", None, {}),
        (404, "instance", "GET", "", None, {"instance": "wa9"}),
    ],
)  # fmt: skip
async def test_bad_input_is_named_and_changes_nothing(
    talk: Talk, client, status: int, parameter: str, method: str, path: str, body, query: dict
) -> None:
    id_ = await dead(client, send())
    before = await everything(client)
    await talk.refused(status, parameter, method, f"/dead-letters{path.replace('{id}', id_)}", body, **query)
    assert await everything(client) == before


async def test_a_full_stream_takes_nothing_back(new_admin, redis_url, client, streams: Streams) -> None:
    talk = Talk(await new_admin(redis_url, stream_maxlen=1))
    await client.xadd(STREAM, {"e": "x"})
    id_ = await dead(client, send())
    before = await everything(client)
    await talk.ask("POST", f"/dead-letters/{id_}/replay", {}, 429)
    assert await everything(client) == before


@pytest.mark.parametrize("resend", [True, False])
async def test_a_replay_remembers_that_an_earlier_try_may_have_arrived(talk: Talk, client, *, resend: bool) -> None:
    """Its echo may come after the replay and before the next try. `resend` wants it sent all the same."""
    message = send()
    tries = Progress().begun(at=message.occurred_at, by="r1").ended("unknown", "no proof of it came")
    id_ = await dead(client, message, progress=tries)
    await talk.ask("POST", f"/dead-letters/{id_}/replay", {"resend": resend})
    progress = parse(await client.hget(keys.progress(INSTANCE), message.id))
    assert (progress.count, progress.doubtful_since) == (0, 0 if resend else message.occurred_at)


async def test_an_echo_that_comes_while_the_log_is_looked_through_is_seen_by_the_script(
    talk: Talk, client, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = send()
    id_ = await dead(client, message)
    looks: list[int] = []

    async def look(redis, instance, letters):
        found = await meanwhile(redis, instance, letters)
        if not looks:
            await tell(client, SendEchoed(
                id=ids.new(), instance=INSTANCE, chat=CHAT, occurred_at=message.occurred_at + 5,
                recorded_at=message.recorded_at + 5, message_id="W9", content_digest=content_digest(message.content),
            ))  # fmt: skip
        looks.append(1)
        return found

    monkeypatch.setattr("admin.deadletters.replaying.meanwhile", look)
    await talk.refused(409, "resend", "POST", f"/dead-letters/{id_}/replay", {})
    assert await client.xlen(STREAM) == 0
