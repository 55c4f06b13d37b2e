"""What is sent, of every kind, is what recorded calls carry, and its echo is recognised as the same words."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest.webhook import translate
from sender.evolution import request_of, without_nul
from sender.found import found_in
from shared.clock import SYSTEM
from shared.events import (
    Button,
    Buttons,
    Content,
    Listing,
    Location,
    Media,
    Reaction,
    Row,
    Section,
    SendEchoed,
    Text,
    VoiceNote,
    content_digest,
)

CAPTURES = Path(__file__).parents[1] / "captures"
TO = "5511988887777"
BUTTONS = Buttons(
    title="T", description="D", footer="F", buttons=(Button(id="yes", text="Sim"), Button(id="no", text="Não"))
)
REACTION = Reaction(message_id="3A000000000000001002", emoji="👍")
LISTING = Listing(
    title="T", description="d", footer="f", button="b",
    sections=(Section(title="s", rows=(Row(id="1", title="r", description="d"),)),),
)  # fmt: skip
LOCATION = Location(latitude=-23.5, longitude=-46.6, name="Clínica", address="Rua A, 1")
EVERY: tuple[Content, ...] = (
    Text(text="oi"), Media(mediatype="image", source="https://a.example/b.png"), VoiceNote(source="AAAA"),
    BUTTONS, LISTING, REACTION, LOCATION,
)  # fmt: skip


def capture(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CAPTURES / f"{name}.json").read_text())
    return found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("baileys-sim/sendButtons_201", BUTTONS),
        ("baileys-sim/sendReaction_201", REACTION),
        ("http/sendList_EVOLUTION_400", LISTING),
    ],
)
def test_the_body_is_the_recorded_one(name: str, content: Content) -> None:
    request = capture(name)["request"]
    call, body = request_of(content, TO, "")
    assert request["path"].startswith(f"/message/{call}/")
    assert body == request["body"]


def test_a_reaction_goes_to_the_chat_that_has_the_message() -> None:
    assert request_of(REACTION, "123@lid", "")[1]["key"]["remoteJid"] == "123@lid"
    own = msgspec.structs.replace(REACTION, own=True)
    assert request_of(own, TO, "")[1]["key"]["fromMe"] is True


def test_a_location_has_all_that_the_gateway_asks_for() -> None:
    call, body = request_of(LOCATION, TO, "3AQUOTED")
    assert (call, set(body)) == ("sendLocation", {"number", "latitude", "longitude", "name", "address", "quoted"})


@pytest.mark.parametrize("content", EVERY, ids=lambda content: type(content).__name__)
def test_every_kind_survives_the_wire(content: Content) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(content), type=Content) == content  # type: ignore[arg-type]


def test_no_two_kinds_are_taken_for_each_other() -> None:
    assert len({content_digest(content) for content in EVERY}) == len(EVERY)


LIST_MESSAGE = {"title": "T", "description": "d", "buttonText": "b", "footerText": "f", "sections": [], "listType": 2}
PLACE = {"degreesLatitude": -23.5, "degreesLongitude": -46.6, "name": "Clínica", "address": "Rua A, 1"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BUTTONS, capture("baileys-sim/sendButtons_201")["response"]["body"]["message"]),
        (REACTION, capture("baileys-sim/sendReaction_201")["response"]["body"]["message"]),
        (LISTING, {"listMessage": LIST_MESSAGE}),
        (LOCATION, {"locationMessage": PLACE}),
        (Text(text="oi\x00 tudo bem"), {"conversation": "oi tudo bem"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_its_echo_and_its_record_in_the_gateways_search_are_recognised(content: Content, message: Any) -> None:
    key = {"remoteJid": f"{TO}@s.whatsapp.net", "fromMe": True, "id": "3EB01"}
    data = {"key": key, "message": message, "messageTimestamp": 1795479673}
    body = json.dumps({"event": "send.message", "instance": "wa1", "data": data}).encode()
    (record,) = translate("wa1", body, clock=SYSTEM).records
    assert isinstance(record.event, SendEchoed)
    assert record.event.content_digest == content_digest(content)
    found = found_in(data)
    assert found is not None
    assert found.digest == content_digest(content)


def test_a_menu_that_another_business_sends_is_no_text_of_a_patient() -> None:
    message = capture("baileys-sim/sendButtons_201")["response"]["body"]["message"]
    key = {"remoteJid": f"{TO}@s.whatsapp.net", "fromMe": False, "id": "3A01"}
    data = {"key": key, "message": message, "messageTimestamp": 1795479673}
    body = json.dumps({"event": "messages.upsert", "instance": "wa1", "data": data}).encode()
    (record,) = translate("wa1", body, clock=SYSTEM).records
    assert (record.event.kind, record.event.text) == ("unsupported", "")  # type: ignore[union-attr,attr-defined]


def test_the_nul_that_breaks_the_gateways_database_is_nowhere_in_a_body() -> None:
    buttons = Buttons(title="a\x00", description="b\x00", buttons=(Button(id="\x00c", text="d\x00"),))
    assert "\\u0000" not in json.dumps(without_nul(request_of(buttons, TO, "")[1]))
