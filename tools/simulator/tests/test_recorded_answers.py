"""Does the simulator answer each recorded request as the real gateway did?

A refusal must be the same to the letter; a success must have the same keys and types.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CAPTURES = Path(__file__).parents[3] / "tests" / "captures"
FOLDERS = ("http", "baileys-sim", "v2.3.7", "baileys-real-offline")
GLOBAL_KEY = "evo-local-global-key"

# What is not claimed: the EVOLUTION channel, which has no WhatsApp behind it, and a machine without internet.
OTHER_CHANNEL = {
    *(
        "sendText_201",
        "sendText_empty_text",
        "sendText_extra_unknown_fields_201",
        "sendText_with_delay_and_options_201",
    ),
    *("sendMedia_audio_base64", "sendMedia_document_base64_201", "sendMedia_image_url_201", "sendMedia_ip_url"),
    *("sendMedia_multipart_201", "sendMedia_video_url_201", "sendButtons_201", "sendWhatsAppAudio_base64_EVOLUTION"),
    *("sendList_EVOLUTION_400", "sendPresence_EVOLUTION_400", "sendTemplate_EVOLUTION_400"),
    *("markMessageAsRead_EVOLUTION_400", "whatsappNumbers_EVOLUTION_400"),
    *("inbound_evolution_no_key_id", "inbound_evolution_text_200", "inbound_evolution_text_duplicate_200"),
    "inbound_evolution_unknown_number",
}
NO_INTERNET = {"instance_connect", "sendText", "sendText_lid"}
FAULTS = {
    "sendText_timed_out_during_send_400": "capture:timed_out",
    "sendText_rate_overlimit_400": "capture:rate_overlimit",
    "sendText_201_then_ERROR_update": "accepted_then_error",
}


def claimed() -> list[str]:
    names = []
    for folder in FOLDERS:
        left_out = {"http": OTHER_CHANNEL, "baileys-real-offline": NO_INTERNET}.get(folder, set())
        for path in sorted((CAPTURES / folder).glob("*.json")):
            if "request" in json.loads(path.read_text("utf-8")) and path.stem not in left_out:
                names.append(f"{folder}/{path.stem}")
    return names


def prepare(sim: Any, name: str) -> None:
    """Bring the accounts into the state in which the exchange was recorded."""
    for instance in sim.app[_world(sim)].instances.values():
        instance.token = f"inst-token-{instance.name}"
        instance.meet("5511988887777", "Maria Silva")
        if "never_connected" in name or "before_connect" in name:
            instance.state, instance.ever_connected = "close", False
        if "connection_closed" in name or "socket_dead" in name or name == "baileys-real-offline/sendPresence":
            instance.dead_socket = True
        if "after_401" in name or "qrcode" in name:
            instance.state = "close"


def _world(sim: Any) -> Any:
    from simulator.keys import WORLD

    return WORLD


def sent(request: dict[str, Any]) -> dict[str, Any]:
    headers = dict(request["headers"])
    if request.get("raw"):
        return {"headers": headers, "data": request["raw"].encode()}
    body = request["body"]
    if isinstance(body, dict) and isinstance(body.get("delay"), int):
        body["delay"] = min(body["delay"], 10)  # that it waits is another test's promise
    return {"headers": headers, "data": json.dumps(body) if body is not None else None}


@pytest.mark.parametrize("name", claimed())
async def test_answers_as_recorded(
    name: str, start: Any, capture: Callable[[str], Any], shape: Callable[[Any], Any]
) -> None:
    exchange = capture(name)
    creates = "instance_create" in name and "duplicate" not in name
    version = "2.3.7" if name.startswith("v2.3.7") else "2.3.6"
    instances = () if creates else ("evo1",) if name.startswith("http/") else ("wa1", "w7", "real1")
    sim = await start(GLOBAL_KEY, instances=instances, version=version)
    prepare(sim, name)
    if name.rpartition("/")[2] in FAULTS:
        await sim.fault(FAULTS[name.rpartition("/")[2]])
    sim.http.headers.pop("apikey")
    request, expected = exchange["request"], exchange["response"]
    status, body = await sim.call(request["method"], request["path"], **sent(request))
    assert status == expected["status"], body
    if status >= 400:
        assert body == expected["body"]
    else:
        assert_same_shape(shape(body), shape(expected["body"]))


def assert_same_shape(got: Any, expected: Any) -> None:
    if isinstance(got, dict) and isinstance(expected, dict):
        assert got.keys() == expected.keys()
        for key in got:
            assert_same_shape(got[key], expected[key])
    elif isinstance(got, list) and isinstance(expected, list):
        assert len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            assert_same_shape(one, other)
    else:
        assert None in (got, expected) or got == expected
