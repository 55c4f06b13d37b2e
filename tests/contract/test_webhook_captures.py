"""Every webhook that was recorded at a real gateway becomes exactly the facts that are written down here."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest.auth import Authenticator
from ingest.webhook import Echo, Record, translate
from ingest.webhook.names import FACTS, IGNORED, canonical
from shared.clock import ManualClock
from shared.events import (
    Attachment,
    ConnectionChanged,
    Media,
    MessageEdited,
    MessageReceived,
    MessageRevoked,
    ReceiptRecorded,
    SendEchoed,
    Text,
    VoiceNote,
    content_digest,
    decode,
    encode,
)

CAPTURES = Path(__file__).parents[1] / "captures"
FOLDERS = ("webhooks", "retry", "v2.3.7", "baileys-real-offline")
PHONE = "5511988887777"
LID = "123456789012345@lid"
NEW: dict[str, Any] = {"id": "", "recorded_at": 0}
MARIA: dict[str, Any] = NEW | {
    "instance": "wa1",
    "author": "patient",
    "chat": PHONE,
    "reply_to": f"{PHONE}@s.whatsapp.net",
    "lid": LID,
    "sender_name": "Maria Silva",
}
EVOLUTION: dict[str, Any] = NEW | {"author": "patient", "chat": PHONE, "reply_to": PHONE}


def message(message_id: str, at_s: int, who: dict[str, Any] = MARIA, **said: Any) -> Record:
    event = MessageReceived(**(who | {"message_id": message_id, "occurred_at": at_s * 1000, "kind": "text"} | said))
    return Record(event=event, dedupe=message_id, work=event.author == "patient")


def receipt(message_id: str, at_ms: int, status: Any) -> Record:
    event = ReceiptRecorded(
        **NEW, instance="wa1", chat=PHONE, occurred_at=at_ms, message_id=message_id, status=status, own=True
    )
    return Record(event=event, dedupe=f"receipt:{message_id}:{status}")


def edit(message_id: str, at_ms: int, text: str, instance: str = "wa1") -> Record:
    event = MessageEdited(
        **NEW, instance=instance, chat=PHONE, occurred_at=at_ms, message_id=message_id, author="patient", text=text
    )
    return Record(event=event, dedupe=f"edit:{message_id}:{at_ms}")


def revoke(message_id: str, at_ms: int, instance: str = "wa1") -> Record:
    event = MessageRevoked(
        **NEW, instance=instance, chat=PHONE, occurred_at=at_ms, message_id=message_id, author="patient"
    )
    return Record(event=event, dedupe=f"revoke:{message_id}")


def echo(message_id: str, at_s: int, content: Text | Media | VoiceNote, instance: str = "wa1") -> Record:
    digest, at = content_digest(content), at_s * 1000
    event = SendEchoed(
        **NEW, instance=instance, chat=PHONE, occurred_at=at, message_id=message_id, content_digest=digest
    )
    told = Echo(chats=(PHONE,), message_id=message_id, digest=digest, at=0)
    return Record(event=event, dedupe=f"echo:{message_id}", echo=told)


def connection(name: str, instance: str, date_time: str, at_ms: int, state: Any, reason: int | None = None) -> Record:
    event = ConnectionChanged(**NEW, instance=instance, occurred_at=at_ms, state=state, reason=reason)
    return Record(event=event, dedupe=f"connection:{name}:{state}:{date_time}")


R500 = message("RETRY-r500", 1795479152, EVOLUTION, instance="r500", text="retry r500", sender_name="R")
EXPECTED: dict[str, Record | str] = {
    "webhooks/CONNECTION_UPDATE__logged_out_401.json": connection(
        "connection.update", "wa1", "2026-11-24T00:21:19.758Z", 1795479679758, "close", 401
    ),
    "webhooks/CONNECTION_UPDATE__open.json": connection(
        "connection.update", "wa1", "2026-11-24T00:27:13.336Z", 1795480033336, "open", 200
    ),
    "webhooks/CONTACTS_UPDATE__after_inbound.json": "contacts",
    "webhooks/CONTACTS_UPSERT__after_inbound.json": "contacts",
    "webhooks/EVOLUTION_channel__CHATS_UPDATE.json": "chats",
    "webhooks/EVOLUTION_channel__CHATS_UPSERT.json": "chats",
    "webhooks/EVOLUTION_channel__CONTACTS_UPSERT.json": "contacts",
    "webhooks/EVOLUTION_channel__MESSAGES_UPSERT__text.json": message(
        "IN-TEXT-1", 1795479116, EVOLUTION, instance="evo1", text="oi, quero saber o preço", sender_name="Maria"
    ),
    "webhooks/EVOLUTION_channel__MESSAGES_UPSERT__text_DUPLICATE_same_id.json": message(
        "IN-TEXT-1", 1795479117, EVOLUTION, instance="evo1", text="oi, quero saber o preço", sender_name="Maria"
    ),
    "webhooks/EVOLUTION_channel__SEND_MESSAGE__audioMessage.json": echo(
        "7bf17f1d-164a-405f-92b8-9469f563f0cb", 1795479116, VoiceNote(source="https://x.example/a.ogg"), "evo1"
    ),
    "webhooks/EVOLUTION_channel__SEND_MESSAGE__imageMessage.json": echo(
        "3e735d3b-a10c-4bfe-8288-a7eecf246b10", 1795479116, Media(mediatype="image", source="aGk="), "evo1"
    ),
    "webhooks/EVOLUTION_channel__SEND_MESSAGE__videoMessage.json": echo(
        "5546f1d7-9483-44db-bfb4-01a04e389a4d", 1795479116, Media(mediatype="video", source="aGk="), "evo1"
    ),
    "webhooks/LOGOUT_INSTANCE__logged_out_401.json": connection(
        "logout.instance", "wa1", "2026-11-24T00:21:19.758Z", 1795479679758, "logged_out"
    ),
    "webhooks/MESSAGES_DELETE__revoked.json": revoke("3A000000000000001001", 1795479392651),
    "webhooks/MESSAGES_EDITED__edit_of_text.json": edit(
        "3A000000000000001001", 1795479390533, "oi, quero saber o PREÇO FINAL"
    ),
    "webhooks/MESSAGES_EDITED__edit_wrapped.json": edit("3A000000000000001001", 1795479391238, "v3"),
    "webhooks/MESSAGES_EDITED__revoke_protocolMessage.json": revoke("3A000000000000001001", 1795479391947),
    "webhooks/MESSAGES_UPDATE__DELIVERY_ACK.json": receipt("3EB0A6FE47B372164653A8", 1795479464430, "delivery_ack"),
    "webhooks/MESSAGES_UPDATE__ERROR.json": receipt("3EB0BEE91666E9393E412D", 1795480034777, "error"),
    "webhooks/MESSAGES_UPDATE__READ.json": receipt("3EB0A6FE47B372164653A8", 1795479464631, "read"),
    "webhooks/MESSAGES_UPDATE__SERVER_ACK.json": receipt("3EB0A6FE47B372164653A8", 1795479464232, "server_ack"),
    "webhooks/MESSAGES_UPSERT__ad_click_to_whatsapp.json": message(
        "3A00000000000000101B", 1795479389, text="Olá! Tenho interesse", forwarded_from_ad=True
    ),
    "webhooks/MESSAGES_UPSERT__audio_ptt.json": message(
        "3A000000000000001005", 1795479373, kind="audio",
        attachment=Attachment(mimetype="audio/ogg; codecs=opus", size=12345, seconds=7, voice_note=True),
    ),
    "webhooks/MESSAGES_UPSERT__buttonsResponse.json": message(
        "3A00000000000000100C", 1795479378, kind="choice", text="Sim", choice_id="yes", quoted_id="3EB0BTN"
    ),
    "webhooks/MESSAGES_UPSERT__contact.json": message("3A00000000000000100B", 1795479377, kind="contact", text="Zé"),
    "webhooks/MESSAGES_UPSERT__documentWithCaption.json": message(
        "3A000000000000001008", 1795479375, kind="document", text="segue contrato",
        attachment=Attachment(mimetype="application/pdf", file_name="contrato.pdf", size=12345),
    ),
    "webhooks/MESSAGES_UPSERT__ephemeral_text.json": message("3A000000000000001018", 1795479387, text="some"),
    "webhooks/MESSAGES_UPSERT__fromMe_sent_on_phone.json": message(
        "3EB0FROMPHONE1", 1795479384, text="respondi pelo celular", author="staff", sender_name="Você"
    ),
    "webhooks/MESSAGES_UPSERT__group_text.json": "group",
    "webhooks/MESSAGES_UPSERT__group_text_pn_addressing.json": "group",
    "webhooks/MESSAGES_UPSERT__image_with_caption.json": message(
        "3A000000000000001004", 1795479372, kind="image", text="foto do produto",
        attachment=Attachment(mimetype="image/jpeg", size=12345),
    ),
    "webhooks/MESSAGES_UPSERT__interactiveResponse.json": message(
        "3A00000000000000100E", 1795479379, kind="choice", text="Sim", choice_id="yes", quoted_id="3EB0BTN"
    ),
    "webhooks/MESSAGES_UPSERT__lid_addressed_no_alt.json": message(
        "3A000000000000001016", 1795479385, text="oi via LID sem alt",
        chat="998877665544332@lid", reply_to="998877665544332@lid", lid="998877665544332@lid",
    ),
    "webhooks/MESSAGES_UPSERT__lid_addressed_text.json": message(
        "3A000000000000001015", 1795479384, text="oi via LID"
    ),
    "webhooks/MESSAGES_UPSERT__listResponse.json": message(
        "3A00000000000000100F", 1795479380, kind="choice", text="Opção 1", choice_id="row1", quoted_id="3EB0LST"
    ),
    "webhooks/MESSAGES_UPSERT__location.json": message(
        "3A00000000000000100A", 1795479377, kind="location", text="Loja, Rua A"
    ),
    "webhooks/MESSAGES_UPSERT__offline_append.json": message(
        "3A000000000000001017", 1795479386, text="recebida offline"
    ),
    "webhooks/MESSAGES_UPSERT__pollCreation.json": message(
        "3A00000000000000101A", 1795479388, kind="poll", text="Qual?"
    ),
    "webhooks/MESSAGES_UPSERT__reaction.json": "reaction",
    "webhooks/MESSAGES_UPSERT__status_broadcast.json": "status_broadcast",
    "webhooks/MESSAGES_UPSERT__sticker.json": message(
        "3A000000000000001009", 1795479376, kind="sticker", attachment=Attachment(mimetype="image/webp", size=12345)
    ),
    "webhooks/MESSAGES_UPSERT__templateButtonReply.json": message(
        "3A00000000000000100D", 1795479379, kind="choice", text="Sim", choice_id="yes", quoted_id="3EB0BTN"
    ),
    "webhooks/MESSAGES_UPSERT__text_conversation.json": message(
        "3A000000000000001001", 1795479370, text="oi, quero saber o preço"
    ),
    "webhooks/MESSAGES_UPSERT__text_extendedTextMessage.json": message(
        "3A000000000000001002", 1795479371, text="veja https://example.com"
    ),
    "webhooks/MESSAGES_UPSERT__video_with_caption.json": message(
        "3A000000000000001006", 1795479374, kind="video", text="video",
        attachment=Attachment(mimetype="video/mp4", size=12345, seconds=3),
    ),
    "webhooks/MESSAGES_UPSERT__viewOnce_image.json": message(
        "3A000000000000001019", 1795479387, kind="image",
        attachment=Attachment(mimetype="image/jpeg", size=12345, view_once=True),
    ),
    "webhooks/PRESENCE_UPDATE.json": "presence",
    "webhooks/SEND_MESSAGE__image.json": echo(
        "3EB075456BB63AEB9579B8", 1795479468, Media(mediatype="image", source="aGk=", caption="legenda")
    ),
    "webhooks/SEND_MESSAGE__text.json": echo("3EB0A6FE47B372164653A8", 1795479464, Text(text="Olá 👋 tudo bem?")),
    "webhooks/STATUS_INSTANCE__logged_out_401.json": connection(
        "status.instance", "wa1", "2026-11-24T00:21:19.753Z", 1795479679753, "close", 401
    ),
    "retry/retry_500_attempt_1.json": R500,
    "retry/retry_500_attempt_2.json": R500,
    "retry/webhook_byEvents_url_suffix.json": message(
        "RETRY-rbyev", 1795479153, EVOLUTION, instance="rbyev", text="retry rbyev", sender_name="R"
    ),
    "retry/webhook_jwt_key_Authorization_header.json": message(
        "RETRY-rjwt", 1795479153, EVOLUTION, instance="rjwt", text="retry rjwt", sender_name="R"
    ),
    "v2.3.7/MESSAGES_DELETE__revoked.json": revoke("text", 1795480157685, "w7"),
    "v2.3.7/MESSAGES_EDITED__edit.json": edit("text", 1795480156061, "EDITADO", "w7"),
    "v2.3.7/MESSAGES_UPSERT__group_lid.json": "group",
    "v2.3.7/MESSAGES_UPSERT__lid_text.json": message(
        "lid_text", 1795480153, instance="w7", text="oi via LID", lid=""
    ),
    "v2.3.7/MESSAGES_UPSERT__text.json": message("text", 1795480152, instance="w7", text="oi"),
    "baileys-real-offline/CONNECTION_UPDATE__offline_2.json": connection(
        "connection.update", "real1", "2026-11-24T00:21:56.477Z", 1795479716477, "connecting", 200
    ),
    "baileys-real-offline/CONNECTION_UPDATE__offline_6.json": connection(
        "connection.update", "real1", "2026-11-24T00:22:03.645Z", 1795479723645, "close", 401
    ),
    "baileys-real-offline/INSTANCE_CREATE__offline_1.json": "instance_lifecycle",
    "baileys-real-offline/INSTANCE_DELETE__offline_3.json": connection(
        "instance.delete", "real1", "2026-11-24T00:22:03.628Z", 1795479723628, "removed"
    ),
    "baileys-real-offline/LOGOUT_INSTANCE__offline_5.json": connection(
        "logout.instance", "real1", "2026-11-24T00:22:03.645Z", 1795479723645, "logged_out"
    ),
    "baileys-real-offline/STATUS_INSTANCE__offline_7.json": connection(
        "status.instance", "real1", "2026-11-24T00:22:03.634Z", 1795479723634, "close", 401
    ),
}  # fmt: skip


def capture(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CAPTURES / name).read_text())
    return found


def posted(recorded: dict[str, Any]) -> bytes:
    """The body as the gateway posts it: `JSON.stringify` writes UTF-8 and no spaces."""
    return json.dumps(recorded["body"], ensure_ascii=False, separators=(",", ":")).encode()


def undated(record: Record) -> Record:
    """Without what our own clock says."""
    event = msgspec.structs.replace(record.event, id="", recorded_at=0)
    echo = msgspec.structs.replace(record.echo, at=0) if record.echo else None
    return msgspec.structs.replace(record, event=event, echo=echo)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_webhook_becomes_its_facts(name: str) -> None:
    recorded, expected = capture(name), EXPECTED[name]
    clock = ManualClock(int(recorded["t"] * 1000))

    found = translate(recorded["body"]["instance"], posted(recorded), clock=clock)

    assert found.event_name == found.told == recorded["body"]["event"]
    if isinstance(expected, str):
        assert (found.records, found.ignored) == ((), (expected,))
    else:
        assert (tuple(undated(record) for record in found.records), found.ignored) == ((expected,), ())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_webhook_leaves_no_secret_and_survives_the_wire(name: str) -> None:
    recorded = capture(name)
    clock = ManualClock(int(recorded["t"] * 1000))
    for record in translate(recorded["body"]["instance"], posted(recorded), clock=clock).records:
        wire = encode(record.event)
        assert decode(wire) == record.event
        assert recorded["body"]["apikey"].encode() not in wire + repr(record).encode()
        assert record.event.recorded_at == clock.now_ms()


def test_the_table_names_every_recorded_webhook() -> None:
    files = [path for folder in FOLDERS for path in sorted((CAPTURES / folder).glob("*.json"))]
    webhooks = [path for path in files if "event" in json.loads(path.read_text()).get("body", {})]
    assert sorted(EXPECTED) == sorted(f"{path.parent.name}/{path.name}" for path in webhooks)


def test_a_redelivery_is_the_same_fact() -> None:
    """Whatever the fact is, the second delivery of the same body has the same dedupe key."""
    for name in EXPECTED:
        recorded = capture(name)
        instance, body = recorded["body"]["instance"], posted(recorded)
        first = translate(instance, body, clock=ManualClock(1795480000000))
        later = translate(instance, body, clock=ManualClock(1795481700000))
        assert [record.dedupe for record in first.records] == [record.dedupe for record in later.records]


def test_a_revoke_told_by_two_events_is_one_fact() -> None:
    edited = EXPECTED["webhooks/MESSAGES_EDITED__revoke_protocolMessage.json"]
    deleted = EXPECTED["webhooks/MESSAGES_DELETE__revoked.json"]
    assert isinstance(edited, Record)
    assert isinstance(deleted, Record)
    assert edited.dedupe == deleted.dedupe


def test_a_reaction_is_a_message_where_that_is_configured() -> None:
    recorded = capture("webhooks/MESSAGES_UPSERT__reaction.json")
    clock = ManualClock(int(recorded["t"] * 1000))
    (record,) = translate("wa1", posted(recorded), clock=clock, reactions=True).records
    expected = message("3A000000000000001010", 1795479381, kind="reaction", text="👍", quoted_id="3EB0REACTED")
    assert undated(record) == expected


def test_every_event_that_the_gateway_can_send_has_a_name_here() -> None:
    """The list is what the gateway itself answers when it is asked for its webhook's settings."""
    listed = capture("http/webhook_find.json")["response"]["body"]["events"]
    for event in listed:
        name = event.lower().replace("_", ".")
        for spelling in (event, name, name.replace(".", "-")):
            assert canonical(spelling) == name
            assert name in FACTS or name in IGNORED


def test_the_recorded_static_header_is_accepted() -> None:
    headers = capture("webhooks/EVOLUTION_channel__MESSAGES_UPSERT__text.json")["headers"]
    assert Authenticator("my-static-secret").accepts(headers)
    assert not Authenticator("another-secret").accepts(headers)


def test_the_recorded_jwt_is_accepted_for_as_long_as_it_may_be_retried() -> None:
    recorded = capture("retry/webhook_jwt_key_Authorization_header.json")
    clock = ManualClock(int(recorded["t"] * 1000))
    ours = Authenticator("super-jwt-secret", clock=clock)  # the `jwt_key` of captures/http/instance_create_jwt.json
    assert ours.accepts(recorded["headers"])
    assert not Authenticator("another-secret", clock=clock).accepts(recorded["headers"])
    clock.advance(1800)  # the token's ten minutes are over; the gateway's retries are not
    assert ours.accepts(recorded["headers"])
    clock.advance(24 * 3600)
    assert not ours.accepts(recorded["headers"])


def test_the_table_has_a_fact_of_every_kind_that_comes_in() -> None:
    kinds = {type(record.event) for record in EXPECTED.values() if isinstance(record, Record)}
    assert kinds == {MessageReceived, MessageEdited, MessageRevoked, ReceiptRecorded, ConnectionChanged, SendEchoed}
