"""A body that the gateway would not send is refused in words that name the place, and never by a crash."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.webhook import EVENTS, BadWebhook, Translation, translate, valid_instance
from ingest.webhook.names import FACTS, IGNORED, canonical
from ingest.webhook.translate import READERS
from shared.clock import ManualClock
from shared.events import MessageReceived, decode, encode

Post = Callable[..., Translation]
KEY = {"id": "A1", "remoteJid": "5511988887777@s.whatsapp.net"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body: Input data was truncated"),
        (b"{", "body: Input data was truncated"),
        (b"{'a': 1}", "body: JSON is malformed"),
        (b"\xef\xbb\xbf{}", "body: JSON is malformed"),
        (b"[]", "body: expected an object, got an array"),
        (b'"text"', "body: expected an object, got a string"),
        (b"null", "body: expected an object, got null"),
        (b"{}", "event: missing"),
        (b'{"event": 5}', "event: expected a string, got a number"),
        (b'{"event": "messages.upsert", "instance": true}', "instance: expected a string, got true or false"),
        (b'{"event": "messages.upsert", "instance": "wa1"}', "data: missing"),
        (b'{"event": "\xff"}', "body: not UTF-8"),
        (b'{"event": "a", "data": ' + b"[" * 200_000, "body: nested too deeply"),
    ],
)
def test_a_body_that_is_no_webhook_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BadWebhook) as refused:
        translate("wa1", body, clock=ManualClock())
    assert refused.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("event", "data", "reason"),
    [
        ("messages.upsert", None, "data: expected an object, got null"),
        ("messages.upsert", "x", "data: expected an object, got a string"),
        ("messages.upsert", {}, "data.key: missing"),
        ("messages.upsert", {"key": []}, "data.key: expected an object, got an array"),
        ("messages.upsert", {"key": KEY | {"id": 5}}, "data.key.id: expected a string, got a number"),
        ("messages.upsert", {"key": KEY | {"remoteJid": {}}}, "data.key.remoteJid: expected a string, got an object"),
        ("messages.upsert", {"key": KEY | {"fromMe": "no"}}, "data.key.fromMe: expected true or false, got a string"),
        ("messages.upsert", {"key": KEY, "message": 5}, "data.message: expected an object, got a number"),
        ("messages.upsert", [{"key": KEY | {"id": 5}}], "data[0].key.id: expected a string, got a number"),
        ("messages.upsert", {"key": KEY | {"id": "x" * 257}}, "data.key.id: expected at most 256 printable characters"),
        ("messages.upsert", {"key": KEY | {"id": "a\nb"}}, "data.key.id: expected at most 256 printable characters"),
        ("messages.delete", KEY | {"id": "a b"}, "data.id: expected at most 256 printable characters without a space"),
        ("messages.update", {"keyId": 5}, "data.keyId: expected a string, got a number"),
        ("messages.delete", {"id": []}, "data.id: expected a string, got an array"),
        ("messages.edited", {"key": {"id": 1.5}}, "data.key.id: expected a string, got a number"),
        ("connection.update", [], None),
        ("connection.update", None, "data: expected an object, got null"),
        ("messages.update", [{}] * 1001, "data: expected at most 1000 items, got 1001"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_named_with_its_place(post: Post, event: str, data: Any, reason: str | None) -> None:
    if reason is None:
        assert post(event, data).records == ()
        return
    with pytest.raises(BadWebhook) as refused:
        post(event, data)
    assert refused.value.reason.startswith(reason)


def test_bytes_that_are_no_text_are_refused_even_where_nothing_is_needed() -> None:
    body = json.dumps({"event": "messages.upsert", "data": {"key": KEY, "message": {"some": 1}}}).encode()
    with pytest.raises(BadWebhook) as refused:
        translate("wa1", body.replace(b"some", b"\xff"), clock=ManualClock())
    assert refused.value.reason == "data: not UTF-8"


def test_another_instances_webhook_is_refused(post: Post) -> None:
    with pytest.raises(BadWebhook) as refused:
        post("messages.upsert", {}, instance="wa2")
    assert refused.value.reason == "instance: the body says 'wa2', the path says 'wa1'"


@pytest.mark.parametrize("id_", [None, "", "   "])
def test_a_message_without_an_id_is_ignored(post: Post, id_: str | None) -> None:
    data = {"key": KEY | {"id": id_}, "message": {"conversation": "oi"}, "type": "REVOKE"}
    for event in ("messages.upsert", "send.message", "messages.edited", "messages.delete"):
        assert post(event, data).ignored == ("no_message_id",)
    assert post("messages.update", {"remoteJid": KEY["remoteJid"], "status": "READ"}).ignored == ("no_message_id",)


@pytest.mark.parametrize("place", ["event", "data", "date_time", "sender", "apikey"])
def test_a_lone_surrogate_anywhere_crashes_nothing(place: str) -> None:
    data = {
        "key": KEY,
        "message": {"conversation": "oi \ud83d"},
        "pushName": "\udc00",
        "contextInfo": {"stanzaId": "\ud800"},
    }
    body: dict[str, Any] = {"event": "messages.upsert", "instance": "wa1", "data": data, "apikey": "x"}
    if place != "data":
        body[place] = str(body.get(place, "")) + "\ud800"
    found = translate("wa1", json.dumps(body).encode(), clock=ManualClock())
    for record in found.records:
        assert decode(encode(record.event)) == record.event
        assert isinstance(record.event, MessageReceived)
        assert (record.event.text, record.event.sender_name, record.event.quoted_id) == (
            "oi \ufffd",
            "\ufffd",
            "\ufffd",
        )
    assert bool(found.records) == (place != "event")


@pytest.mark.parametrize("told", ["messages.upsert", "MESSAGES_UPSERT", "messages-upsert", "Messages.Upsert "])
def test_an_events_name_may_be_spelt_in_any_way(post: Post, told: str) -> None:
    found = post(told, {"key": KEY, "message": {"conversation": "oi"}})
    assert (found.event_name, len(found.records)) == ("messages.upsert", 1)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("QRCODE_UPDATED", "qrcode"),
        ("messaging-history.set", "history"),
        ("group-participants.update", "group"),
        ("typebot.change-status", "typebot"),
        ("send.message.update", "own_api_echo"),
        ("call", "calls"),
    ],
)
def test_an_event_that_is_no_fact_says_why(post: Post, told: str, reason: str) -> None:
    assert post(told, {"anything": 1}).ignored == (reason,)


def test_an_event_is_either_read_or_ignored() -> None:
    assert READERS.keys() == FACTS
    assert not FACTS & IGNORED.keys()


@pytest.mark.parametrize("told", ["messages.eaten", "", "x" * 100_000, "\x00\n{}"])
def test_an_unknown_event_has_a_bounded_name(post: Post, told: str) -> None:
    found = post(told, {"key": 5})
    assert (found.records, found.ignored, found.event_name) == ((), ("unknown_event",), "unknown")
    assert len(found.told) <= 64
    assert canonical(told) in EVENTS


@pytest.mark.parametrize("name", ["wa1", "Clínica São João", "a.b-c_d", "7", "x" * 100, "_x"])
def test_an_instances_name_is_letters_digits_and_a_few_marks(name: str) -> None:
    assert valid_instance(name)


@pytest.mark.parametrize(
    "name",
    ["", " ", " a", "a ", "a\n", "..", "-a", "a:b", "a{b}", "a/b", "a\x00", "a\u202eb", "x" * 101, "a\tb", "a%20b"],
)  # fmt: skip
def test_anything_else_is_no_instance(name: str) -> None:
    assert not valid_instance(name)
