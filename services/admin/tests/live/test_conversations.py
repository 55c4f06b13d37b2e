"""Can staff see what is said, and answer in the bot's place, without anybody talking over the other?"""

import json
import time

import pytest

from shared.events import BotPaused, BotResumed, HandoffEnded, HandoffTaken, Media, SendRequested, Text, decode
from shared.streams import keys
from tests.support.replica import INSTANCE

from .talk import CHAT, OTHER, Talk, everything, facts, folded, patient

FOREVER = b"9999999999999"
ONE = f"/conversations/{CHAT}"


async def _state(client, chat: str = CHAT) -> dict[bytes, bytes]:
    return await client.hgetall(keys.chat(INSTANCE, chat))


async def _held(client, chat: str = CHAT) -> dict[bytes, bytes]:
    return await client.hgetall(keys.held(INSTANCE, chat))


async def test_conversations_and_messages_come_from_the_views(talk: Talk, client) -> None:
    await patient(client, "oi", "que horas abre?")
    await patient(client, "hola", chat=OTHER)
    await folded(client)
    assert [one["chat"] for one in (await talk.ask("GET", "/conversations"))["items"]] == [OTHER, CHAT]
    assert [one["chat"] for one in (await talk.ask("GET", "/conversations", find="8888"))["items"]] == [CHAT]
    assert (await talk.ask("GET", ONE))["chat"] == CHAT
    page = await talk.ask("GET", f"{ONE}/messages", limit=1)
    assert ([one["text"] for one in page["items"]], bool(page["next"])) == (["que horas abre?"], True)
    rest = await talk.ask("GET", f"{ONE}/messages", cursor=page["next"])
    assert [one["text"] for one in rest["items"]] == ["oi"]


async def test_a_conversation_is_exported_line_by_line(talk: Talk, client) -> None:
    await patient(client, *(f"mensagem {n}" for n in range(450)))
    await folded(client)
    answer = await talk._admin.get(f"/admin{ONE}/export", params={"instance": INSTANCE})
    assert answer.content_type == "application/x-ndjson"
    lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert sorted(line["text"] for line in lines) == sorted(f"mensagem {n}" for n in range(450))
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)


async def test_a_taken_chat_keeps_the_bot_quiet_until_it_is_given_back(talk: Talk, client) -> None:
    await patient(client)
    told = await talk.ask("POST", f"{ONE}/take")
    assert told | {"instance": ""} == {
        "instance": "", "chat": CHAT, "status": "taken", "by": "admin", "paused_until": None,
    }  # fmt: skip
    assert await _held(client) == {b"paused_until": FOREVER, b"taken_by": b"admin"}
    await talk.ask("POST", f"{ONE}/give-back")
    assert await _held(client) == {}
    taken, ended = (await facts(client))[-2:]
    assert (type(taken), taken.by, taken.chat) == (HandoffTaken, "admin", CHAT)
    assert (type(ended), ended.by, ended.chat) == (HandoffEnded, "admin", CHAT)


async def test_a_chat_is_not_taken_from_somebody_by_accident(talk: Talk, client) -> None:
    await patient(client)
    await client.hset(keys.held(INSTANCE, CHAT), "taken_by", "ana")
    before = await everything(client)
    problem = await talk.ask("POST", f"{ONE}/take", status=409)
    assert problem["taken_by"] == "ana"
    assert "ana has taken this chat" in problem["detail"]
    assert "ana" in (await talk.ask("POST", f"{ONE}/pause", {"minutes": 5}, 409))["detail"]
    assert "ana" in (await talk.ask("POST", f"{ONE}/resume", None, 409))["detail"]
    assert await everything(client) == before
    await talk.ask("POST", f"{ONE}/take", {"force": True})
    assert (await _held(client))[b"taken_by"] == b"admin"


async def test_taking_again_what_is_ones_own_is_fine(talk: Talk, client) -> None:
    await patient(client)
    await talk.ask("POST", f"{ONE}/take")
    await talk.ask("POST", f"{ONE}/take")
    assert len(await facts(client, HandoffTaken)) == 2


async def test_a_pause_has_an_end_or_none(talk: Talk, client) -> None:
    await patient(client)
    now = time.time() * 1000
    told = await talk.ask("POST", f"{ONE}/pause", {"minutes": 30, "reason": "almoço"})
    assert now + 1_790_000 < told["paused_until"] < now + 1_830_000
    assert int((await _held(client))[b"paused_until"]) == told["paused_until"]
    (fact,) = await facts(client, BotPaused)
    assert (fact.by, fact.why, fact.until, fact.chat) == ("admin", "almoço", told["paused_until"], CHAT)
    until = int(now) + 3_600_000
    assert (await talk.ask("POST", f"{ONE}/pause", {"until": until}))["paused_until"] == until
    assert (await talk.ask("POST", f"{ONE}/pause"))["paused_until"] is None
    assert (await _held(client))[b"paused_until"] == FOREVER
    await talk.ask("POST", f"{ONE}/resume")
    assert await _held(client) == {}
    assert [fact.by for fact in await facts(client, BotResumed)] == ["admin"]


async def test_a_pause_lives_as_long_as_it_was_meant_to(talk: Talk, client) -> None:
    """A chat's own state is forgotten after 90 days without a word. A pause is not: its end ends it, else a person."""
    await patient(client)
    key, half_a_year = keys.held(INSTANCE, CHAT), 180 * 86_400_000
    for what, body, life in (
        ("pause", {"minutes": 30}, range(1_700_000, 1_800_001)),
        ("pause", {}, range(-1, 0)),
        ("pause", {"until": int(time.time() * 1000) + half_a_year}, range(half_a_year - 60_000, half_a_year + 1)),
        ("take", None, range(-1, 0)),
    ):
        await talk.ask("POST", f"{ONE}/{what}", body)
        assert await client.pttl(key) in life, body


async def test_what_keeps_the_bot_quiet_is_told_when_the_views_know_it_no_more(talk: Talk, client) -> None:
    """Its fact may be older than the log reaches back. Else nobody would know why a patient gets no answer."""
    await patient(client)
    await folded(client)
    assert (await talk.ask("GET", ONE))["status"] == "bot"
    await client.hset(keys.held(INSTANCE, CHAT), mapping={"paused_until": FOREVER})
    told = await talk.ask("GET", ONE)
    assert (told["status"], told["paused_until"]) == ("paused", None)
    await client.hset(keys.held(INSTANCE, CHAT), mapping={"paused_until": FOREVER, "taken_by": "rita"})
    told = await talk.ask("GET", ONE)
    assert (told["status"], told["taken_by"]) == ("taken", "rita")


async def test_a_reply_goes_out_as_staff_and_quiets_the_bot_for_a_while(talk: Talk, client) -> None:
    await patient(client)
    told = await talk.ask("POST", f"{ONE}/reply", {"text": "Bom dia, aqui é a Ana", "quoted_id": "ABC123"}, 202)
    assert told["status"] == "queued"
    ((_, fields),) = await client.xrange(keys.outbound(INSTANCE))
    send = decode(fields[b"e"])
    assert send == (await facts(client, SendRequested))[0]
    assert (send.id, send.by, send.send_class, send.quoted_id) == (told["id"], "admin", "staff", "ABC123")
    assert (send.chat, send.to, send.content) == (CHAT, CHAT, Text(text="Bom dia, aqui é a Ana"))
    spoke = keys.staff_spoke(INSTANCE, CHAT)
    assert abs(int(await client.get(spoke)) - time.time() * 1000) < 60_000
    assert await client.pttl(spoke) > 0


async def test_a_reply_may_be_a_file_or_a_template(talk: Talk, client) -> None:
    await patient(client)
    media = {"mediatype": "image", "source": "iVBORw0KGgo=", "caption": "mapa"}
    await talk.ask("POST", f"{ONE}/reply", {"media": media}, 202)
    template = {"name": "results_ready", "language": "es", "variables": {"name": "María"}}
    await talk.ask("POST", f"{ONE}/reply", {"template": template}, 202)
    image, words = await facts(client, SendRequested)
    assert isinstance(image.content, Media)
    assert words.template == "results_ready"
    assert words.content.text.startswith("María, el resultado de su examen está listo")


@pytest.mark.parametrize(
    ("parameter", "body"),
    [
        ("text", {}), ("text", {"text": "a", "template": {"name": "results_ready"}}), ("text", {"text": ""}),
        ("text", {"text": "a" * 4097}), ("text", {"text": 7}), ("txt", {"txt": "a"}),
        ("quoted_id", {"text": "a", "quoted_id": "../x"}),
        ("template.name", {"template": {"name": "resultsready"}}),
        ("template.variables.name", {"template": {"name": "results_ready"}}),
        ("template.variables.nome", {"template": {"name": "results_ready", "variables": {"name": "a", "nome": "b"}}}),
        ("template.language", {"template": {"name": "results_ready", "language": "fr"}}),
        ("media.source", {"media": {"mediatype": "image", "source": "data:image/png;base64,AAAA"}}),
        ("media.source", {"media": {"mediatype": "image", "source": "http://127.0.0.1:6379/x.png"}}),
        ("media.source", {"media": {"mediatype": "image", "source": "http://localhost/x.png"}}),
        ("media.source", {"media": {"mediatype": "image", "source": "upload:0123456789abcdef"}}),
        ("media.mediatype", {"media": {"mediatype": "program", "source": "AAAA"}}),
    ],
)  # fmt: skip
async def test_a_faulty_reply_is_named_and_sends_nothing(talk: Talk, client, parameter: str, body: dict) -> None:
    await patient(client)
    before = await everything(client)
    await talk.refused(400, parameter, "POST", f"{ONE}/reply", body)
    assert await everything(client) == before


@pytest.mark.parametrize(
    ("parameter", "body"),
    [("until", {"until": "amanhã"}), ("until", {"until": "2027-03-01T09:00:00"}), ("until", {"until": 5}),
     ("until", {"minutes": 5, "until": 9}), ("minutes", {"minutes": 0}), ("minutes", {"minutes": "x"}),
     ("until", {"until": "2999-01-01T00:00:00Z"}), ("reason", {"reason": "a" * 501})],
)  # fmt: skip
async def test_a_faulty_pause_is_named_and_changes_nothing(talk: Talk, client, parameter: str, body: dict) -> None:
    await patient(client)
    before = await everything(client)
    await talk.refused(400, parameter, "POST", f"{ONE}/pause", body)
    assert await everything(client) == before


@pytest.mark.parametrize("what", ["", "/messages", "/export"])
async def test_what_is_read_by_a_wrong_name_is_refused(talk: Talk, client, what: str) -> None:
    await talk.refused(400, "chat", "GET", f"/conversations/maria{what}")
    await talk.refused(404, "instance", "GET", f"{ONE}{what}", instance="wa2")
    await talk.refused(400, "instance", "GET", f"{ONE}{what}", instance="{wa1}")
    await talk.refused(400, "instance", "GET", f"{ONE}{what}", instance=None)


async def test_what_is_not_there_is_told(talk: Talk, client) -> None:
    await talk.refused(404, "chat", "GET", ONE)
    await talk.refused(404, "chat", "GET", f"{ONE}/export")
    await talk.refused(400, "status", "GET", "/conversations?status=asleep")
    await talk.refused(400, "limit", "GET", "/conversations", limit=0)


@pytest.mark.parametrize("what", ["take", "give-back", "reply", "pause", "resume"])
async def test_nothing_is_done_in_a_chat_that_nobody_wrote_from(talk: Talk, client, what: str) -> None:
    before = await everything(client)
    body = {"text": "oi"} if what == "reply" else None
    await talk.refused(404, "chat", "POST", f"{ONE}/{what}", body)
    await talk.refused(400, "chat", "POST", f"/conversations/123/{what}", body)
    assert await everything(client) == before


async def test_a_full_queue_refuses_a_reply(new_admin, redis_url: str, client, streams) -> None:
    talk = Talk(await new_admin(redis_url, stream_maxlen=1))
    await patient(client)
    await talk.ask("POST", f"{ONE}/reply", {"text": "a"}, 202)
    assert "full" in (await talk.ask("POST", f"{ONE}/reply", {"text": "b"}, 429))["detail"]
    assert len(await facts(client, SendRequested)) == 1


@pytest.mark.parametrize(("staffs", "gateways"), [("5511977776666", "551177776666"), ("551177776666", "5511977776666")])
async def test_a_chat_is_held_however_its_number_is_spelt(talk: Talk, client, staffs: str, gateways: str) -> None:
    await patient(client, chat=gateways)
    await folded(client)
    await talk.ask("POST", f"/conversations/{staffs}/take")
    assert await client.hget(keys.held(INSTANCE, gateways), "paused_until") == FOREVER
    assert (await talk.ask("GET", f"/conversations/{gateways}"))["status"] == "taken"
    await talk.ask("POST", f"/conversations/{staffs}/reply", {"text": "bom dia"}, 202)
    assert await client.exists(keys.staff_spoke(INSTANCE, gateways))
    await client.hset(keys.chat(INSTANCE, gateways), "staff_at", 5)  # as it was kept before
    await talk.ask("POST", f"/conversations/{staffs}/give-back")
    left = (keys.held(INSTANCE, staffs), keys.staff_spoke(INSTANCE, gateways), keys.chat(INSTANCE, gateways))
    assert not await client.exists(*left)
