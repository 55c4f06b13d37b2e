"""A person's message is told with its words, its form and its chat; what is no message says why."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ingest.webhook import Echo, Translation
from ingest.webhook.clean import CUT, TEXT_MAX
from shared.clock import ManualClock
from shared.events import Attachment, Media, MessageReceived, SendEchoed, Text, content_digest

Says = Callable[..., MessageReceived]
Post = Callable[..., Translation]
PHONE = "5511988887777"
JID = f"{PHONE}@s.whatsapp.net"
LID = "123456789012345@lid"
OWN = "5511999990000@s.whatsapp.net"


@pytest.mark.parametrize(
    ("key", "chat", "reply_to", "lid"),
    [
        ({"remoteJid": JID}, PHONE, JID, ""),
        ({"remoteJid": PHONE}, PHONE, PHONE, ""),
        ({"remoteJid": f"{PHONE}:12@s.whatsapp.net"}, PHONE, JID, ""),
        ({"remoteJid": JID, "remoteJidAlt": LID}, PHONE, JID, LID),
        ({"remoteJid": LID, "remoteJidAlt": JID}, PHONE, JID, LID),
        ({"remoteJid": LID, "senderPn": JID}, PHONE, JID, LID),
        ({"remoteJid": LID, "participant": f"{PHONE}:3@s.whatsapp.net"}, PHONE, JID, LID),
        ({"remoteJid": LID}, LID, LID, LID),
        ({"remoteJid": "123456789012345:7@lid", "remoteJidAlt": ""}, LID, LID, LID),
        ({"remoteJid": LID, "remoteJidAlt": "987@lid"}, LID, LID, LID),
    ],
)
def test_a_chat_is_the_phone_where_it_is_told(
    says: Says, key: dict[str, Any], chat: str, reply_to: str, lid: str
) -> None:
    event = says({"conversation": "oi"}, key=key)
    assert (event.chat, event.reply_to, event.lid) == (chat, reply_to, lid)


@pytest.mark.parametrize("own", [OWN, "551199990000@s.whatsapp.net", "5511999990000:4@s.whatsapp.net"])
def test_the_clinics_own_number_beside_a_lid_is_not_the_patient(post: Post, own: str) -> None:
    key = {"id": "S1", "remoteJid": LID, "remoteJidAlt": OWN, "fromMe": True}
    data = {"key": key, "message": {"conversation": "já respondo"}}
    (record,) = post("messages.upsert", data, sender=own).records
    assert record.event.chat == LID


def test_staff_on_the_phone_are_recorded_and_not_answered(post: Post) -> None:
    data = {"key": {"id": "S1", "remoteJid": JID, "fromMe": True}, "message": {"conversation": "oi"}}
    (record,) = post("messages.upsert", data).records
    assert isinstance(record.event, MessageReceived)
    assert (record.event.author, record.work) == ("staff", False)


@pytest.mark.parametrize(
    ("jid", "reason"),
    [
        ("120363025246125486@g.us", "group"),
        ("status@broadcast", "status_broadcast"),
        ("123@broadcast", "broadcast"),
        ("123@newsletter", "newsletter"),
        ("0@s.whatsapp.net", "unknown_chat"),
        ("abc@s.whatsapp.net", "unknown_chat"),
        ("5511@elsewhere", "unknown_chat"),
        ("²³@s.whatsapp.net", "unknown_chat"),
        ("9" * 21, "unknown_chat"),
        ("", "unknown_chat"),
        (None, "unknown_chat"),
    ],
)
def test_what_is_no_patients_chat_is_ignored(post: Post, jid: str | None, reason: str) -> None:
    key = {"id": "A1", "remoteJid": jid}
    for event in ("messages.upsert", "send.message", "messages.edited"):
        found = post(event, {"key": key, "message": {"conversation": "oi"}, "type": "MESSAGE_EDIT"})
        assert (found.records, found.ignored) == ((), (reason,))
    assert post("messages.delete", key).ignored == (reason,)


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ({"extendedTextMessage": {"text": "oi"}}, "text", "oi"),
        ({"conversation": ""}, "text", ""),
        ({"liveLocationMessage": {"caption": "aqui"}}, "location", "aqui"),
        ({"locationMessage": {"degreesLatitude": -23.5}}, "location", ""),
        ({"contactsArrayMessage": {"contacts": [{"displayName": "Zé"}, {"displayName": "Ana"}]}}, "contact", "Zé, Ana"),
        ({"contactsArrayMessage": {"displayName": "2 contatos"}}, "contact", "2 contatos"),
        ({"pollCreationMessageV4": {"message": {"pollCreationMessage": {"name": "Qual?"}}}}, "poll", "Qual?"),
        ({"editedMessage": {"message": {"conversation": "oi"}}}, "text", "oi"),
        ({"ephemeralMessage": {"message": {"viewOnceMessage": {"message": {"conversation": "a"}}}}}, "text", "a"),
        ({"templateMessage": {"x": 1}}, "unsupported", ""),
        ({"someMessage": {}}, "unsupported", ""),
        ({"imageMessage": "broken"}, "unsupported", ""),
        ({"conversation": 5}, "unsupported", ""),
        ({"ephemeralMessage": {}}, "unsupported", ""),
    ],
)
def test_content_is_told_in_its_form(says: Says, message: dict[str, Any], kind: str, text: str) -> None:
    event = says(message)
    assert (event.kind, event.text) == (kind, text)


@pytest.mark.parametrize("wrapper", ["viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension"])
def test_a_view_once_medium_is_marked(says: Says, wrapper: str) -> None:
    event = says({"ephemeralMessage": {"message": {wrapper: {"message": {"audioMessage": {"ptt": True}}}}}})
    assert event.attachment == Attachment(voice_note=True, view_once=True)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ({"low": 12345, "high": 0, "unsigned": True}, 12345),
        ({"low": -1, "high": 0, "unsigned": True}, 4294967295),
        (12345, 12345),
        (12345.0, 12345),
        ("12345", 12345),
        (-1, None),
        (2**60, None),
        ("9" * 5000, None),
        ({"low": "a"}, None),
        ([], None),
        (True, None),
        (None, None),
    ],
)
def test_a_size_is_a_number_however_it_is_written(says: Says, size: Any, expected: int | None) -> None:
    event = says({"documentMessage": {"fileLength": size, "title": "a.pdf"}})
    assert event.attachment == Attachment(file_name="a.pdf", size=expected)


def test_a_deeply_wrapped_message_is_still_answered(says: Says) -> None:
    message: dict[str, Any] = {"conversation": "oi"}
    for _ in range(50):
        message = {"ephemeralMessage": {"message": message}}
    assert says(message).kind == "unsupported"


@pytest.mark.parametrize(
    ("params", "chosen"),
    [
        ('{"id": "yes"}', "yes"),
        ('{"id": 7}', "7"),
        ('{"id": {"a": 1}}', ""),
        ('{"id": "a\\ud800b"}', "a\ufffdb"),
        ("[1]", ""),
        ("{", ""),
        ("[" * 100_000, ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_forms_answer_may_be_anything(says: Says, params: str | None, chosen: str) -> None:
    answer = {"body": {"text": "Sim"}, "nativeFlowResponseMessage": {"paramsJson": params}}
    event = says({"interactiveResponseMessage": answer})
    assert (event.kind, event.text, event.choice_id) == ("choice", "Sim", chosen)


def test_what_a_message_refers_to_is_told(says: Says) -> None:
    inside = says({"imageMessage": {"contextInfo": {"stanzaId": "Q1", "externalAdReply": {"title": "x"}}}})
    outside = says({"conversation": "oi"}, contextInfo={"stanzaId": "Q2"})
    assert (inside.quoted_id, inside.forwarded_from_ad) == ("Q1", True)
    assert (outside.quoted_id, outside.forwarded_from_ad) == ("Q2", False)


@pytest.mark.parametrize("message", [None, {}, {"messageContextInfo": {}}, {"senderKeyDistributionMessage": {}}])
def test_a_message_that_has_no_content_yet_leaves_its_id_free(post: Post, message: Any) -> None:
    """WhatsApp sends what could not be decrypted again, under the same id."""
    found = post("messages.upsert", {"key": {"id": "A1", "remoteJid": JID}, "message": message})
    assert (found.records, found.ignored) == ((), ("no_content",))


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"protocolMessage": {"type": 0}}, "protocol"),
        ({"editedMessage": {"message": {"protocolMessage": {"type": 14}}}}, "protocol"),
        ({"albumMessage": {"expectedImageCount": 2}}, "protocol"),
        ({"reactionMessage": {"text": "👍"}}, "reaction"),
        ({"encReactionMessage": {}}, "reaction"),
    ],
)
def test_what_nobody_said_is_ignored(post: Post, message: Any, reason: str) -> None:
    found = post("messages.upsert", {"key": {"id": "A1", "remoteJid": JID}, "message": message})
    assert (found.records, found.ignored) == ((), (reason,))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("a\x00b\x07c", "abc"),
        ("linha 1\r\nlinha 2\tfim", "linha 1\nlinha 2\tfim"),
        ("a\ud800b", "a\ufffdb"),
        ("\udc00\ud83d\ude00", "\ufffd😀"),
        ("c:\\ud800", "c:\\ud800"),
        ("👩‍⚕️ é às 9h", "👩‍⚕️ é às 9h"),
        ("x" * 70_000, "x" * (TEXT_MAX - len(CUT)) + CUT),
        ("x" * TEXT_MAX, "x" * TEXT_MAX),
    ],
)
def test_a_text_is_harmless(says: Says, told: str, kept: str) -> None:
    assert says({"conversation": told}).text == kept


def test_a_name_is_one_short_line(says: Says) -> None:
    assert says({"conversation": "oi"}, pushName="Maria\n\x00 da\tSilva").sender_name == "Maria da Silva"
    assert len(says({"conversation": "oi"}, pushName="x" * 9000).sender_name) == 256
    assert says({"conversation": "oi"}, pushName=7).sender_name == ""


@pytest.mark.parametrize("told", [-5, 0, 10**12, 10**30, "ontem", {"low": -1, "high": -1}, [], None, True, "-1"])
def test_a_time_that_can_not_be_true_is_when_it_was_told(post: Post, told: Any) -> None:
    data = {"key": {"id": "A1", "remoteJid": JID}, "message": {"conversation": "oi"}, "messageTimestamp": told}
    (record,) = post("messages.upsert", data, date_time="2026-11-24T00:16:10.125Z").records
    assert record.event.occurred_at == 1_795_479_370_125
    for date_time in (None, "gestern", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", 5):
        (record,) = post("messages.upsert", data, date_time=date_time).records
        assert record.event.occurred_at == record.event.recorded_at == 1_795_479_370_250


@pytest.mark.parametrize("told", [1_795_479_360, "1795479360", {"low": 1_795_479_360, "high": 0, "unsigned": True}])
def test_a_time_is_read_however_it_is_written(says: Says, told: Any) -> None:
    assert says({"conversation": "oi"}, messageTimestamp=told).occurred_at == 1_795_479_360_000


@pytest.mark.parametrize(
    ("message", "message_type", "content"),
    [
        ({"conversation": " Olá \n mundo"}, "conversation", Text(text="Olá mundo ")),
        ({"extendedTextMessage": {"text": "oi"}}, "extendedTextMessage", Text(text="oi")),
        ({"imageMessage": {"caption": "cap"}}, "imageMessage", Media(mediatype="image", source="x", caption="cap")),
        ({"mediaUrl": None}, "documentMessage", Media(mediatype="document", source="x")),
    ],
)
def test_an_echo_has_the_digest_of_what_was_sent(
    post: Post, message: Any, message_type: str, content: Text | Media
) -> None:
    key = {"id": "E1", "remoteJid": LID, "remoteJidAlt": JID, "fromMe": True}
    data = {"key": key, "message": message, "messageType": message_type, "messageTimestamp": 1_795_479_370}
    (record,) = post("send.message", data).records
    assert record.echo is not None
    digest = content_digest(content)
    assert isinstance(record.event, SendEchoed)
    assert (record.event.content_digest, record.dedupe, record.work) == (digest, "echo:E1", False)
    assert record.echo == Echo(chats=(PHONE, LID), message_id="E1", digest=digest, at=record.echo.at)


SENT_AT_S = 1_795_479_370
LATER = {  # seconds from the hand-over to the webhook, as the gateway's local time tells it, and in truth
    "a second": (1, 1), "a rounded second": (-1, 0), "forty seconds": (40, 40), "three hours west": (2 - 10_800, 2),
    "in India": (19_802, 2),
}  # fmt: skip


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("ahead_s", [-3600, -60, 0, 60, 3600])
def test_an_echo_is_placed_by_our_own_clock_whatever_the_gateways_says(
    post: Post, clock: ManualClock, later: str, ahead_s: int
) -> None:
    """A try that was made before the hand-over is proven by it, and a message of minutes before proves nothing."""
    local, truly = LATER[later]
    told = dt.datetime.fromtimestamp(SENT_AT_S + ahead_s + local, dt.UTC).isoformat().replace("+00:00", "Z")
    key = {"id": "E1", "remoteJid": JID, "fromMe": True}
    message = {"message": {"conversation": "oi"}, "messageType": "conversation"}
    data = {"key": key, **message, "messageTimestamp": SENT_AT_S + ahead_s}
    (record,) = post("send.message", data, date_time=told).records
    assert record.echo is not None
    assert record.echo.at == clock.now_ms() - truly * 1000
