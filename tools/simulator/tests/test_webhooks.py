"""Are the events the ones the real gateway posts?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

CAPTURES = Path(__file__).parents[3] / "tests" / "captures"
KINDS = sorted(
    path.stem.removeprefix("MESSAGES_UPSERT__") for path in (CAPTURES / "webhooks").glob("MESSAGES_UPSERT__*")
)
Shape = Callable[[Any], Any]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_message_arrives_in_its_recorded_shape(
    kind: str, sim: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    written = await sim.write(kind=kind)
    (post,) = await receiver.wait("messages.upsert")
    recorded = capture(f"webhooks/MESSAGES_UPSERT__{kind}")["body"]
    assert shape(post.body) == shape(recorded)
    assert post.body["data"]["key"]["id"] == written["id"]
    assert post.body["data"]["messageType"] == recorded["data"]["messageType"]
    assert list(post.body) == list(recorded)


@pytest.mark.parametrize(
    ("kind", "recording"), [("text", "text"), ("lid_addressed_text", "lid_text"), ("group_text", "group_lid")]
)
async def test_version_2_3_7_writes_addresses_its_own_way(
    kind: str, recording: str, start: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    sim = await start(webhook_urls=(receiver.url,), version="2.3.7")
    await sim.write(kind=kind)
    (post,) = await receiver.wait("messages.upsert")
    recorded = capture(f"v2.3.7/MESSAGES_UPSERT__{recording}")["body"]
    assert shape(post.body) == shape(recorded)
    same = ("remoteJid", "remoteJidAlt", "addressingMode", "participant", "participantAlt")
    assert [post.body["data"]["key"].get(name) for name in same] == [recorded["data"]["key"].get(name) for name in same]


async def test_a_send_is_echoed_then_acknowledged_by_the_id_that_it_answered(
    sim: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    _, answer = await sim.send("Olá 👋 tudo bem?")
    updates = await receiver.wait("messages.update", 3)
    assert [post.body["data"]["status"] for post in updates] == ["SERVER_ACK", "DELIVERY_ACK", "READ"]
    assert {post.body["data"]["keyId"] for post in updates} == {answer["key"]["id"]}
    assert shape(updates[0].body) == shape(capture("webhooks/MESSAGES_UPDATE__SERVER_ACK")["body"])
    (echo,) = receiver.of("send.message")
    assert echo.body["data"] == answer
    assert shape(echo.body) == shape(capture("webhooks/SEND_MESSAGE__text")["body"])


async def test_a_failed_send_is_reported_as_recorded(
    sim: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    await sim.fault("accepted_then_error")
    await sim.send()
    (post,) = await receiver.wait("messages.update")
    assert shape(post.body) == shape(capture("webhooks/MESSAGES_UPDATE__ERROR")["body"])
    assert await sim.phone() == []


@pytest.mark.parametrize("version", ["2.3.6", "2.3.7"])
async def test_edits_and_deletions_are_told_by_the_id_of_the_original(
    version: str, start: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    sim = await start(webhook_urls=(receiver.url,), version=version)
    message = (await sim.write(text="oi"))["id"]
    await sim.call("POST", f"/sim/demo/messages/{message}/edit", {"text": "olá"})
    await sim.call("DELETE", f"/sim/demo/messages/{message}")
    edit, revoke = await receiver.wait("messages.edited", 2)
    (deletion,) = await receiver.wait("messages.delete")
    folder = "webhooks" if version == "2.3.6" else "v2.3.7"
    assert shape(edit.body) == shape(capture("webhooks/MESSAGES_EDITED__edit_of_text")["body"])
    assert edit.body["data"]["editedMessage"] == {"conversation": "olá"}
    assert shape(revoke.body) == shape(capture("webhooks/MESSAGES_EDITED__revoke_protocolMessage")["body"])
    assert shape(deletion.body) == shape(capture(f"{folder}/MESSAGES_DELETE__revoked")["body"])
    assert edit.body["data"]["key"]["id"] == revoke.body["data"]["key"]["id"] == deletion.body["data"]["id"] == message


async def test_being_logged_out_is_told_three_ways_and_reconnecting_once(
    sim: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    await sim.call("POST", "/sim/demo/connection", {"state": "close"})
    for event in ("CONNECTION_UPDATE", "LOGOUT_INSTANCE", "STATUS_INSTANCE"):
        (post,) = await receiver.wait(event.lower().replace("_", "."))
        assert shape(post.body) == shape(capture(f"webhooks/{event}__logged_out_401")["body"])
    await sim.call("POST", "/sim/demo/connection", {"state": "open"})
    opened = (await receiver.wait("connection.update", 2))[1]
    assert shape(opened.body) == shape(capture("webhooks/CONNECTION_UPDATE__open")["body"])


async def test_a_new_contact_is_told_once_then_updated(
    sim: Any, receiver: Any, capture: Callable[[str], Any], shape: Shape
) -> None:
    await sim.write(text="oi", name="Ana")
    await sim.write(text="olá")
    (new,) = await receiver.wait("contacts.upsert")
    (again,) = await receiver.wait("contacts.update")
    assert shape(new.body) == shape(capture("webhooks/CONTACTS_UPSERT__after_inbound")["body"])
    assert shape(again.body) == shape(capture("webhooks/CONTACTS_UPDATE__after_inbound")["body"])
    assert again.body["data"]["pushName"] == "Ana"


async def test_a_patient_who_types_is_told(sim: Any, receiver: Any, capture: Callable[[str], Any]) -> None:
    await sim.call("POST", "/sim/demo/presence", {"from": "5511988887777", "presence": "composing"})
    (post,) = await receiver.wait("presence.update")
    assert post.body["data"] == capture("webhooks/PRESENCE_UPDATE")["body"]["data"]


async def test_events_go_to_a_path_of_their_own_when_asked(start: Any, receiver: Any) -> None:
    sim = await start(webhook_urls=(receiver.url,), webhook_by_events=True)
    await sim.write(text="oi")
    (post,) = await receiver.wait("messages.upsert")
    assert post.path == "/hooks/demo/messages-upsert"
    assert post.body["destination"].endswith("/hooks/demo")


@pytest.mark.parametrize(
    ("auth", "header", "value"), [("bearer", "Authorization", "Bearer s"), ("header", "X-Webhook-Token", "s")]
)
async def test_the_token_travels_in_the_chosen_header(
    auth: str, header: str, value: str, start: Any, receiver: Any
) -> None:
    sim = await start(webhook_urls=(receiver.url,), webhook_token="s", webhook_auth=auth)
    await sim.write(text="oi")
    (post,) = await receiver.wait("messages.upsert")
    assert post.headers[header] == value


async def test_a_signed_event_carries_the_same_token_on_every_attempt(start: Any, receiver: Any) -> None:
    receiver.answers = [500]
    secret = "a secret that is long enough for it"
    sim = await start(webhook_urls=(receiver.url,), webhook_token=secret, webhook_auth="jwt")
    await sim.call("POST", "/sim/demo/connection", {"state": "connecting"})
    first, second = await receiver.wait("connection.update", 2)
    assert first.headers["Authorization"] == second.headers["Authorization"]
    claims = jwt.decode(first.headers["Authorization"].removeprefix("Bearer "), secret, ["HS256"])
    assert claims["app"], claims["action"] == ("evolution", "webhook")
    assert claims["exp"] - claims["iat"] == 600


async def test_only_the_events_asked_for_are_posted(sim: Any, receiver: Any) -> None:
    hook = {"enabled": True, "url": receiver.url + "/set", "events": ["SEND_MESSAGE"]}
    assert (await sim.call("POST", "/webhook/set/demo", {"webhook": hook}))[0] == 201
    await sim.write(text="oi")
    await sim.send()
    await receiver.wait("send.message")
    assert [one.path for one in receiver.posts] == ["/hooks/set"]
    assert (await sim.call("GET", "/webhook/find/demo"))[1]["events"] == ["SEND_MESSAGE"]


@pytest.mark.parametrize(("version", "times"), [("2.3.6", 1), ("2.3.7", 2)])
async def test_the_same_id_twice_is_suppressed_before_2_3_7(
    version: str, times: int, start: Any, receiver: Any
) -> None:
    sim = await start(webhook_urls=(receiver.url,), version=version)
    for _ in range(2):
        await sim.write(text="oi", id="3A00000000000000AAAA")
    await sim.write(text="fim")
    await until_last(receiver)
    assert len([p for p in receiver.of("messages.upsert") if p.body["data"]["key"]["id"].endswith("AAAA")]) == times


async def until_last(receiver: Any) -> None:
    for _ in range(100):
        posts = await receiver.wait("messages.upsert")
        if any(post.body["data"]["message"]["conversation"] == "fim" for post in posts):
            return
        await receiver.wait("messages.upsert", len(posts) + 1)
